//! Processed columns as parquet, and lock and figures by year as text. Bytes depend on the values alone.

use chrono::NaiveDate;
use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, NamedFrom, ParquetCompression, ParquetWriter,
    PolarsError, Series, StatisticsOptions,
};
use serde::Serialize;
use serde_json::Value;

use crate::error::DataError;

/// Uncompressed and without statistics, so that the bytes depend on the values alone and a reader of 20 columns reads those only.
pub(crate) fn parquet_bytes(
    dates: &[NaiveDate],
    columns: Vec<(String, Vec<f32>)>,
) -> Result<Vec<u8>, DataError> {
    let failed =
        |cause: PolarsError| DataError::Content(format!("failed to encode the parquet: {cause}"));
    let rows = dates.len();
    let days: Vec<i32> = dates.iter().map(NaiveDate::to_epoch_days).collect();
    let date = Series::new("date".into(), days)
        .cast(&DataType::Date)
        .map_err(failed)?;
    let columns: Vec<Column> = std::iter::once(date.into_column())
        .chain(
            columns
                .into_iter()
                .map(|(name, values)| Series::new(name.as_str().into(), values).into_column()),
        )
        .collect();
    let mut frame = DataFrame::new(rows, columns).map_err(failed)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Uncompressed)
        .with_statistics(StatisticsOptions::empty())
        .with_row_group_size(Some(rows.max(1)))
        .set_parallel(false)
        .finish(&mut frame)
        .map_err(failed)?;
    Ok(bytes)
}

/// A lock, or the figures beside it, as JSON with one column a line, so that a diff shows which columns changed.
pub(crate) fn json_lines(file: &impl Serialize) -> String {
    let value = serde_json::to_value(file).unwrap_or_default();
    let mut lines = Vec::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        match value.as_array() {
            Some(items) if items.iter().any(Value::is_object) => {
                let items: Vec<_> = items.iter().map(|item| format!("    {item}")).collect();
                lines.push(format!("  \"{key}\": [\n{}\n  ]", items.join(",\n")));
            }
            _ => lines.push(format!("  \"{key}\": {value}")),
        }
    }
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}
