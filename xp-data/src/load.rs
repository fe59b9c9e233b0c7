//! Loads the columns that an experiment names, and no others, into one row-major block.

use std::path::Path;

use chrono::NaiveDate;
use polars::prelude::{DataType, LazyFrame, PlRefPath, PolarsError, ScanArgsParquet, col};
use xp_spec::files::{Workspace, manifest::ProcessedEntry};

use crate::{error::DataError, parquet::first_line};

/// Rows of the named features.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Last trading day of each row's bar.
    pub dates: Vec<NaiveDate>,
    /// Names of the columns.
    pub names: Vec<String>,
    /// Values, `[rows, features]`, row-major, all finite.
    pub values: Vec<f32>,
}

/// Reads columns of a processed parquet; refuses nulls and values that are not finite, with their column and date.
pub fn load(
    workspace: &Workspace,
    entry: &ProcessedEntry,
    columns: &[String],
) -> Result<Table, DataError> {
    let path = workspace.root().join(&entry.path);
    let frame = scan(&path, columns).map_err(|cause| DataError::Read {
        path: path.clone(),
        cause: first_line(&cause),
        remedy: "delete it and run `cargo xp data build`",
    })?;
    let rows = frame.height();
    if rows as u64 != entry.rows {
        return Err(DataError::Content(format!(
            "{} has {rows} rows, data/manifest.yaml says {}; delete it and run `cargo xp data build`",
            path.display(),
            entry.rows
        )));
    }
    let unreadable = |cause: PolarsError| {
        DataError::Content(format!("{}: {}", path.display(), first_line(&cause)))
    };
    let days = frame
        .column("date")
        .map_err(unreadable)?
        .cast(&DataType::Int32)
        .map_err(unreadable)?;
    let dates = days
        .i32()
        .map_err(unreadable)?
        .iter()
        .map(|day| {
            day.and_then(NaiveDate::from_epoch_days).ok_or_else(|| {
                DataError::Content(format!(
                    "{}: a date is null or out of range",
                    path.display()
                ))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut values = vec![0.0; rows * columns.len()];
    for (position, name) in columns.iter().enumerate() {
        let column = frame.column(name).map_err(unreadable)?;
        let column = column.f32().map_err(|_| {
            DataError::Content(format!(
                "{}: feature `{name}` is not f32 but {}",
                path.display(),
                column.dtype()
            ))
        })?;
        for (row, value) in column.iter().enumerate() {
            let Some(value) = value.filter(|value| value.is_finite()) else {
                let date = dates.get(row).map(ToString::to_string).unwrap_or_default();
                return Err(DataError::Content(format!(
                    "{}: feature `{name}` has no finite value on {date}",
                    path.display()
                )));
            };
            if let Some(slot) = values.get_mut(row * columns.len() + position) {
                *slot = value;
            }
        }
    }
    Ok(Table {
        dates,
        names: columns.to_vec(),
        values,
    })
}

fn scan(path: &Path, columns: &[String]) -> Result<polars::prelude::DataFrame, PolarsError> {
    let arguments = ScanArgsParquet {
        glob: false,
        ..ScanArgsParquet::default()
    };
    let wanted: Vec<_> = std::iter::once("date")
        .chain(columns.iter().map(String::as_str))
        .map(col)
        .collect();
    LazyFrame::scan_parquet(PlRefPath::try_from_path(path)?, arguments)?
        .select(wanted)
        .collect()
}
