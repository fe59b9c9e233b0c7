//! Rows of a foreign CSV as text of the house's form: read by its columns, in the order of time, each day once.

use chrono::NaiveDate;

use super::{
    columns::Columns,
    values::{day, number},
};
use crate::{
    error::DataError,
    findings::{Finding, Severity, few},
    sheet::Sheet,
};

/// One bar as text.
pub(super) struct Row {
    pub(super) record: usize,
    pub(super) date: NaiveDate,
    pub(super) values: [String; 5],
}

/// Reads the rows, scaled by the adjusted close where that is asked for; rows without any price are left out.
pub(super) fn rows(
    sheet: &Sheet<'_>,
    columns: &Columns,
    dates: &str,
    adjusted: bool,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Row>, DataError> {
    let mut rows = Vec::with_capacity(sheet.len());
    let (mut empty, mut timed) = (Vec::new(), 0);
    let prices = [columns.open, columns.high, columns.low, columns.close];
    for record in 0..sheet.len() {
        let written = sheet.field(record, columns.date);
        let Some(date) = day(written, dates) else {
            return Err(sheet.fault(record, columns.date, format!("`{written}` is no date")));
        };
        timed += usize::from(written.contains(':'));
        let read = |field: usize| {
            number(sheet.field(record, field)).map_err(|fault| {
                sheet.fault(
                    record,
                    field,
                    format!("`{}` {fault}", sheet.field(record, field)),
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
                sheet.fault(
                    record,
                    field,
                    "the price is missing where others are there".to_owned(),
                )
            })?;
            if !value.parse::<f64>().is_ok_and(|price| price > 0.0) {
                let what = format!("`{}` is no price above 0", sheet.field(record, field));
                return Err(sheet.fault(record, field, what));
            }
            *slot = value;
        }
        if let Some(field) = columns.volume {
            let volume = read(field)?.unwrap_or_else(|| "0".to_owned());
            if !volume.parse::<f64>().is_ok_and(|volume| volume >= 0.0) {
                let what = format!("`{}` is no volume", sheet.field(record, field));
                return Err(sheet.fault(record, field, what));
            }
            values[4] = volume;
        } else {
            values[4] = "0".to_owned();
        }
        if let (true, Some(field)) = (adjusted, columns.adjusted) {
            let close = read(field)?.and_then(|text| text.parse::<f64>().ok());
            scale(&mut values, close.filter(|close| *close > 0.0)).ok_or_else(|| {
                let what = format!(
                    "`{}` is no adjusted price above 0",
                    sheet.field(record, field)
                );
                sheet.fault(record, field, what)
            })?;
        }
        rows.push(Row {
            record,
            date,
            values,
        });
    }
    if rows.is_empty() {
        return Err(sheet.fault(0, columns.open, "no row has prices".to_owned()));
    }
    if !empty.is_empty() {
        let found = format!("rows without any price are left out: {}", few(&empty));
        findings.push(Finding::new(
            Severity::Warning,
            "empty-rows",
            empty.len(),
            found,
        ));
    }
    if timed > 0 {
        let found =
            "the time behind the date is dropped: a bar is a trading day as the file writes it";
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

/// Brings rows into the order of time: newest first is turned round, equal copies are dropped, and any other disorder is an error.
pub(super) fn order(
    sheet: &Sheet<'_>,
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
        let found = "the newest bar stood first; the order is turned round";
        findings.push(Finding::new(Severity::Note, "order", rows.len(), found));
    }
    let mut copies = Vec::new();
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        if let Some(last) = kept.last() {
            let (date, before) = (row.date, last.date);
            if date == before && row.values == last.values {
                copies.push(date.to_string());
                continue;
            }
            if date == before {
                let what = format!(
                    "{date} is there twice with different prices; keep one, and one bar a day"
                );
                return Err(sheet.fault(row.record, columns.date, what));
            }
            if date < before {
                let what = format!("{date} comes beside {before}: sort the file by date");
                return Err(sheet.fault(row.record, columns.date, what));
            }
        }
        kept.push(row);
    }
    *rows = kept;
    if !copies.is_empty() {
        let found = format!("equal copies of a row are left out: {}", few(&copies));
        findings.push(Finding::new(
            Severity::Warning,
            "duplicates",
            copies.len(),
            found,
        ));
    }
    Ok(())
}
