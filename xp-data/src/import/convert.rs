//! Converts a user's file to the raw format; the digits of its numbers are unchanged. It writes nothing.

use std::path::Path;

use super::{
    columns::{Columns, recognise},
    rows::{order, rows},
    values::{DateFormatError, date_format},
};
use crate::{
    bars::{Bars, parse_bars},
    csv_table::{CsvTable, text_of},
    error::DataError,
    findings::{Finding, Severity, first_few},
    raw::{is_parquet, parquet_bars},
};

/// First line of the raw format.
const HEADER: &str = "date,open,high,low,close,volume\n";

/// A file in the raw format, and what was recognised in it.
pub(super) struct Converted {
    pub(super) text: String,
    pub(super) bars: Bars,
    pub(super) style: String,
    pub(super) dates: String,
    pub(super) findings: Vec<Finding>,
}

/// Converts a CSV or parquet. Malformed files are an error with line and column.
pub(super) fn convert(path: &Path, bytes: &[u8], adjusted: bool) -> Result<Converted, DataError> {
    if is_parquet(path) {
        let bars = parquet_bars(path, bytes)?;
        let mut text = HEADER.to_owned();
        for t in 0..bars.len() {
            let (o, h, l) = (bars.open[t], bars.high[t], bars.low[t]);
            let (c, v) = (bars.close[t], bars.volume[t]);
            text.push_str(&format!("{},{o},{h},{l},{c},{v}\n", bars.date[t]));
        }
        return Ok(Converted {
            text,
            bars,
            style: "parquet".to_owned(),
            dates: "dates".to_owned(),
            findings: Vec::new(),
        });
    }
    let text = text_of(path, bytes)?;
    let table = CsvTable::parse(path, &text, delimiter(&text))?;
    let columns = recognise(&table)?;
    from_table(path, &table, &columns, adjusted)
}

/// The delimiter that is most frequent in the header.
fn delimiter(text: &str) -> char {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |c: char| header.matches(c).count();
    [',', ';', '\t', '|']
        .into_iter()
        .rev()
        .max_by_key(|c| count(*c))
        .unwrap_or(',')
}

fn from_table(
    path: &Path,
    table: &CsvTable<'_>,
    columns: &Columns,
    adjusted: bool,
) -> Result<Converted, DataError> {
    let mut findings = Vec::new();
    if let Some(asset) = columns.asset {
        let first = table.field(0, asset);
        if let Some(other) = (0..table.len()).find(|&record| table.field(record, asset) != first) {
            let what = format!(
                "`{}` after `{first}`: a file must have one asset; keep the rows of one",
                table.field(other, asset)
            );
            return Err(table.fault(other, asset, what));
        }
    }
    let texts: Vec<&str> = (0..table.len())
        .map(|record| table.field(record, columns.date))
        .collect();
    let dates = date_format(&texts).map_err(|fault| match fault {
        DateFormatError::Mismatch { record, expected } => table.fault(
            record,
            columns.date,
            format!(
                "`{}` is not a date of the format {expected}",
                table.field(record, columns.date)
            ),
        ),
        DateFormatError::Ambiguous => table.fault(
            0,
            columns.date,
            "days and months are ambiguous; write dates as 2007-01-31".to_owned(),
        ),
    })?;
    let mut rows = rows(table, columns, dates, adjusted, &mut findings)?;
    order(table, columns, &mut rows, &mut findings)?;
    if columns.volume.is_none() {
        let found = "the file has no column of volume: 0 is written throughout";
        findings.push(Finding::new(
            Severity::Warning,
            "volume-missing",
            rows.len(),
            found,
        ));
    }
    if let (Some(_), false) = (columns.adjusted, adjusted) {
        let found =
            "the file has an adjusted close, which is not used; --adjusted scales all prices by it";
        findings.push(Finding::new(Severity::Note, "adjusted-close", 1, found));
    }
    if adjusted && columns.adjusted.is_none() {
        return Err(table.header_fault(0, "--adjusted: no column is an adjusted close".to_owned()));
    }
    if !columns.unused.is_empty() {
        let found = format!("unused columns: {}", first_few(&columns.unused));
        findings.push(Finding::new(
            Severity::Note,
            "unused",
            columns.unused.len(),
            found,
        ));
    }
    let mut text = HEADER.to_owned();
    for row in &rows {
        let [open, high, low, close, volume] = &row.values;
        text.push_str(&format!(
            "{},{open},{high},{low},{close},{volume}\n",
            row.date
        ));
    }
    let bars = parse_bars(path, &text)?;
    Ok(Converted {
        text,
        bars,
        style: columns.style.to_owned(),
        dates: dates.to_owned(),
        findings,
    })
}
