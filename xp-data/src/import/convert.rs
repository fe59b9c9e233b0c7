//! A user's file as bars in the house's form; the digits of its numbers are kept. It writes nothing.

use std::path::Path;

use super::{
    columns::{Columns, recognise},
    rows::{order, rows},
    values::{FormFault, form},
};
use crate::{
    bars::{Bars, parse_bars},
    error::DataError,
    findings::{Finding, Severity, few},
    raw::{is_parquet, parquet_bars},
    sheet::{Sheet, text_of},
};

/// First line of the house's form.
const HEADER: &str = "date,open,high,low,close,volume\n";

/// Bars in the house's form and what became of the file on the way.
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
    let sheet = Sheet::parse(path, &text, delimiter(&text))?;
    let columns = recognise(&sheet)?;
    from_sheet(path, &sheet, &columns, adjusted)
}

/// The character that the header has most of.
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

fn from_sheet(
    path: &Path,
    sheet: &Sheet<'_>,
    columns: &Columns,
    adjusted: bool,
) -> Result<Converted, DataError> {
    let mut findings = Vec::new();
    if let Some(asset) = columns.asset {
        let first = sheet.field(0, asset);
        if let Some(other) = (0..sheet.len()).find(|&record| sheet.field(record, asset) != first) {
            let what = format!(
                "`{}` after `{first}`: one asset a file; keep the rows of one",
                sheet.field(other, asset)
            );
            return Err(sheet.fault(other, asset, what));
        }
    }
    let texts: Vec<&str> = (0..sheet.len())
        .map(|record| sheet.field(record, columns.date))
        .collect();
    let dates = form(&texts).map_err(|fault| match fault {
        FormFault::NoDate { record, expected } => sheet.fault(
            record,
            columns.date,
            format!(
                "`{}` is no date of the form {expected}",
                sheet.field(record, columns.date)
            ),
        ),
        FormFault::Ambiguous => sheet.fault(
            0,
            columns.date,
            "days and months cannot be told apart; write dates as 2007-01-31".to_owned(),
        ),
    })?;
    let mut rows = rows(sheet, columns, dates, adjusted, &mut findings)?;
    order(sheet, columns, &mut rows, &mut findings)?;
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
        let found = "the adjusted close is there and not used; --adjusted scales all prices by it";
        findings.push(Finding::new(Severity::Note, "adjusted-close", 1, found));
    }
    if adjusted && columns.adjusted.is_none() {
        return Err(sheet.header_fault(0, "--adjusted: no column is an adjusted close".to_owned()));
    }
    if !columns.unused.is_empty() {
        let found = format!("columns that nothing is made of: {}", few(&columns.unused));
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
