//! A table of prices to the raw format.

use std::path::Path;

use chrono::{Datelike as _, Weekday};
use csv::StringRecord;

use super::{
    columns::{Columns, recognise},
    dates::{Dates, dates},
    layout::layout,
    levels::Levels,
    numbers::{Numeric, decimal},
    options::Options,
    order::order,
    rows::{Row, rows},
    stock_splits::adjust,
};
use crate::{
    bars::{Bars, COLUMNS, parse_bars},
    error::BarsError,
    findings::{Finding, Severity, first_few},
    table::Table,
};

/// A file in the raw format, and what was recognised in it.
#[derive(Debug, Clone)]
pub struct Converted {
    /// The text of the raw format.
    pub text: String,
    /// Its bars.
    pub bars: Bars,
    /// Provider whose format the file has.
    pub style: String,
    /// Format of its dates.
    pub dates: String,
    /// What was found in reading; errors are not among it.
    pub findings: Vec<Finding>,
}

/// Converts a text.
///
/// # Errors
/// Where it is malformed, with line and column.
pub fn text(path: &Path, text: &str, options: &Options) -> Result<Converted, BarsError> {
    let layout = layout(path, text)?;
    let mut converted = converted(
        path,
        &layout.table,
        &layout.levels,
        Some(layout.delimiter),
        options,
    )?;
    converted.findings.splice(0..0, layout.findings);
    Ok(converted)
}

/// Converts columns of a file without lines, such as a parquet: names, and one record of texts a row.
///
/// # Errors
/// Where they are malformed, with row and column.
pub fn columns(
    path: &Path,
    names: &StringRecord,
    rows: Vec<StringRecord>,
    options: &Options,
) -> Result<Converted, BarsError> {
    let table = Table::of_columns(path, names, rows)?;
    converted(path, &table, &Levels::default(), None, options)
}

fn converted(
    path: &Path,
    table: &Table<'_>,
    levels: &Levels,
    delimiter: Option<char>,
    options: &Options,
) -> Result<Converted, BarsError> {
    let columns = recognise(table, levels)?;
    one_asset(table, &columns)?;
    if options.adjusted && columns.adjusted.is_none() {
        return Err(table.header_fault(0, "--adjusted: no column is an adjusted close"));
    }
    let dates = dates(table, columns.date, options.zone, options.today)?;
    let numeric: Vec<Numeric> = [columns.open, columns.high, columns.low, columns.close]
        .into_iter()
        .chain(columns.volume)
        .chain(columns.adjusted.filter(|_| options.adjusted))
        .map(|column| Numeric {
            column,
            is_volume: Some(column) == columns.volume,
        })
        .collect();
    let decimal = decimal(table, &numeric, delimiter, options.decimal)?;
    let (read, mut findings) = rows(table, &columns, &dates.days, decimal, options.adjusted)?;
    if dates.timed > 0 && options.zone.is_none() {
        let found =
            "the time after the date is dropped: a bar is a trading day as written in the file";
        findings.push(Finding::new(
            Severity::Note,
            "time-of-day",
            dates.timed,
            found,
        ));
    }
    findings.extend(of_shifting(&dates));
    let (mut rows, of_order) = order(table, &columns, read)?;
    findings.extend(of_order);
    findings.extend(adjust(path, &mut rows, &options.splits)?);
    findings.extend(of_columns(&columns, options, rows.len()));
    findings.extend(of_future(&rows, options));
    let text = raw_text(&rows);
    Ok(Converted {
        bars: parse_bars(path, &text)?,
        text,
        style: columns.style.to_owned(),
        dates: dates.format,
        findings,
    })
}

/// Midnights of a place with summer time, written in UTC: half of the year is a day early.
fn of_shifting(dates: &Dates) -> Option<Finding> {
    let sundays = dates
        .days
        .iter()
        .filter(|day| day.weekday() == Weekday::Sun);
    let sundays = sundays.count();
    if !dates.is_shifting || sundays == 0 {
        return None;
    }
    let found = format!(
        "{sundays} bars on Sundays, and instants in UTC at two times of the day: with summer time some dates are a day early; import the file with --zone, such as --zone Europe/London"
    );
    Some(Finding::new(Severity::Warning, "shifted", sundays, found))
}

/// All rows are of one asset.
fn one_asset(table: &Table<'_>, columns: &Columns) -> Result<(), BarsError> {
    for &asset in &columns.assets {
        let first = table.field(0, asset);
        let other = (0..table.len()).find(|&record| table.field(record, asset) != first);
        if let Some(other) = other {
            let what = format!(
                "`{}` after `{}`: a file must have one asset; keep the rows of one",
                table.shown(other, asset),
                table.shown(0, asset)
            );
            return Err(table.fault(other, asset, what));
        }
    }
    Ok(())
}

/// What columns that are absent or not used mean.
fn of_columns(columns: &Columns, options: &Options, rows: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    if columns.volume.is_none() {
        let found = "no column is known as the volume: 0 is written throughout";
        findings.push(Finding::new(
            Severity::Warning,
            "volume-missing",
            rows,
            found,
        ));
    }
    match (columns.adjusted, options.adjusted) {
        (Some(_), false) => {
            let found = "the file has an adjusted close, which is not used; --adjusted scales all prices by it";
            findings.push(Finding::new(Severity::Note, "adjusted-close", 1, found));
        }
        (Some(_), true) if columns.volume.is_some() => {
            let found = "prices are multiplied by adjusted close / close and the volume is divided by it: price × volume stays the money traded";
            findings.push(Finding::new(Severity::Note, "adjusted-volume", rows, found));
        }
        _ => {}
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
    findings
}

/// Bars after today, which are forecasts or wrong dates.
fn of_future(rows: &[Row], options: &Options) -> Option<Finding> {
    let future: Vec<String> = rows
        .iter()
        .filter(|row| row.date > options.today)
        .map(|row| row.date.to_string())
        .collect();
    if future.is_empty() {
        return None;
    }
    let found = format!(
        "bars after today ({}): {}; are dates or years wrong?",
        options.today,
        first_few(&future)
    );
    Some(Finding::new(
        Severity::Warning,
        "future",
        future.len(),
        found,
    ))
}

fn raw_text(rows: &[Row]) -> String {
    let mut text = COLUMNS.join(",") + "\n";
    for row in rows {
        let [open, high, low, close, volume] = &row.values;
        text.push_str(&format!(
            "{},{open},{high},{low},{close},{volume}\n",
            row.date
        ));
    }
    text
}
