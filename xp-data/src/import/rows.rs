//! Rows of a foreign CSV as text of the raw format: read by its columns, in the order of time, each day once.

use chrono::NaiveDate;

use super::{
    columns::Columns,
    values::{day, number},
};
use crate::{
    csv_table::CsvTable,
    error::DataError,
    findings::{Finding, Severity, first_few},
};

/// One bar as text.
pub(super) struct Row {
    pub(super) record: usize,
    pub(super) date: NaiveDate,
    pub(super) values: [String; 5],
}

/// Reads the rows, scaled by the adjusted close if `adjusted`; rows without any price are dropped.
pub(super) fn rows(
    table: &CsvTable<'_>,
    columns: &Columns,
    dates: &str,
    adjusted: bool,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Row>, DataError> {
    let mut rows = Vec::with_capacity(table.len());
    let (mut empty, mut timed) = (Vec::new(), 0);
    let prices = [columns.open, columns.high, columns.low, columns.close];
    for record in 0..table.len() {
        let written = table.field(record, columns.date);
        let Some(date) = day(written, dates) else {
            return Err(table.fault(record, columns.date, format!("`{written}` is not a date")));
        };
        timed += usize::from(written.contains(':'));
        let read = |field: usize| {
            number(table.field(record, field)).map_err(|fault| {
                table.fault(
                    record,
                    field,
                    format!("`{}` {fault}", table.field(record, field)),
                )
            })
        };
        let mut found = [None, None, None, None];
        for (slot, field) in found.iter_mut().zip(prices) {
            *slot = read(field)?;
        }
        if found.iter().all(Option::is_none) {
            empty.push(date.to_string());
            continue;
        }
        let mut values: [String; 5] = Default::default();
        for ((slot, value), field) in values.iter_mut().zip(found).zip(prices) {
            let value = value.ok_or_else(|| {
                table.fault(
                    record,
                    field,
                    "the price is missing where others are present".to_owned(),
                )
            })?;
            if !value.parse::<f64>().is_ok_and(|price| price > 0.0) {
                let what = format!("`{}` is not a price above 0", table.field(record, field));
                return Err(table.fault(record, field, what));
            }
            *slot = value;
        }
        if let Some(field) = columns.volume {
            let volume = read(field)?.unwrap_or_else(|| "0".to_owned());
            if !volume.parse::<f64>().is_ok_and(|volume| volume >= 0.0) {
                let what = format!("`{}` is not a volume", table.field(record, field));
                return Err(table.fault(record, field, what));
            }
            values[4] = volume;
        } else {
            values[4] = "0".to_owned();
        }
        if let (true, Some(field)) = (adjusted, columns.adjusted) {
            let close = read(field)?.and_then(|text| text.parse::<f64>().ok());
            scale(&mut values, close.filter(|close| *close > 0.0)).ok_or_else(|| {
                let what = format!(
                    "`{}` is not an adjusted price above 0",
                    table.field(record, field)
                );
                table.fault(record, field, what)
            })?;
        }
        rows.push(Row {
            record,
            date,
            values,
        });
    }
    if rows.is_empty() {
        return Err(table.fault(0, columns.open, "no row has prices".to_owned()));
    }
    if !empty.is_empty() {
        let found = format!("rows without any price are dropped: {}", first_few(&empty));
        findings.push(Finding::new(
            Severity::Warning,
            "empty-rows",
            empty.len(),
            found,
        ));
    }
    if timed > 0 {
        let found =
            "the time after the date is dropped: a bar is a trading day as written in the file";
        findings.push(Finding::new(Severity::Note, "time-of-day", timed, found));
    }
    Ok(rows)
}

/// Multiplies the four prices by adjusted close / close.
fn scale(values: &mut [String; 5], adjusted: Option<f64>) -> Option<()> {
    let [.., close, _] = &*values;
    let factor = adjusted? / close.parse::<f64>().ok()?;
    for value in values.iter_mut().take(4) {
        *value = (value.parse::<f64>().ok()? * factor).to_string();
    }
    Some(())
}

/// Sorts rows by time: newest first is reversed, duplicates are dropped, and any other order is an error.
pub(super) fn order(
    table: &CsvTable<'_>,
    columns: &Columns,
    rows: &mut Vec<Row>,
    findings: &mut Vec<Finding>,
) -> Result<(), DataError> {
    let rising = rows
        .windows(2)
        .filter(|pair| pair[0].date < pair[1].date)
        .count();
    let falling = rows
        .windows(2)
        .filter(|pair| pair[0].date > pair[1].date)
        .count();
    if falling > rising {
        rows.reverse();
        let found = "the newest bar is first in the file; the order is reversed";
        findings.push(Finding::new(Severity::Note, "order", rows.len(), found));
    }
    let mut duplicates = Vec::new();
    let mut unique: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        if let Some(last) = unique.last() {
            let (date, before) = (row.date, last.date);
            if date == before && row.values == last.values {
                duplicates.push(date.to_string());
                continue;
            }
            if date == before {
                let what =
                    format!("{date} appears twice with different prices; keep one bar a day");
                return Err(table.fault(row.record, columns.date, what));
            }
            if date < before {
                let what =
                    format!("{date} is out of order next to {before}: sort the file by date");
                return Err(table.fault(row.record, columns.date, what));
            }
        }
        unique.push(row);
    }
    *rows = unique;
    if !duplicates.is_empty() {
        let found = format!("duplicate rows are dropped: {}", first_few(&duplicates));
        findings.push(Finding::new(
            Severity::Warning,
            "duplicates",
            duplicates.len(),
            found,
        ));
    }
    Ok(())
}
