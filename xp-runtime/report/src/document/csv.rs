//! A table as CSV.

use super::Table;

/// The table with its header.
pub fn csv(table: &Table) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&table.header)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(super::Line::plain))?;
    }
    writer.into_inner().map_err(|cause| cause.into_error())
}
