//! Rows as CSV and back, those of older logs too.

use std::path::Path;

use super::{
    columns::COLUMNS,
    error::{LogError, io_error, row_error},
    row::LogRow,
};

/// Rows as CSV, after the header where the log is empty.
pub(super) fn encode(path: &Path, rows: &[LogRow], header: bool) -> Result<Vec<u8>, LogError> {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(header)
        .from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(row_error(path))?;
    }
    writer
        .into_inner()
        .map_err(|cause| io_error(path)(cause.into_error()))
}

/// Rows of a log with the first `columns` columns. A row of a log without the column `overridden` counts as overridden and is
/// flagged `migrated`: whether it may be compared is unknown.
pub(super) fn decode(
    path: &Path,
    complete: &[u8],
    columns: usize,
) -> Result<Vec<LogRow>, LogError> {
    let unknown = |name: &str| COLUMNS.iter().position(|c| *c == name) >= Some(columns);
    let header = csv::StringRecord::from(COLUMNS.to_vec());
    csv::Reader::from_reader(complete)
        .into_records()
        // Two machines that begin a log at the same moment, without a lock between them, both write the header.
        .filter(|record| {
            let names = COLUMNS.iter().copied().take(columns);
            !record.as_ref().is_ok_and(|record| record.iter().eq(names))
        })
        .map(|record| {
            let mut record = record?;
            for name in COLUMNS.iter().skip(columns) {
                record.push_field(match *name {
                    "overridden" => "true",
                    "flags" if unknown("overridden") => crate::MIGRATED,
                    _ => "",
                });
            }
            record
                .deserialize::<LogRow>(Some(&header))
                .and_then(|row| row.finite(&record))
        })
        .collect::<Result<_, _>>()
        .map_err(row_error(path))
}
