//! Rows of a table as text of the raw format, read by its columns.

use chrono::NaiveDate;

use super::{
    columns::Columns,
    numbers::{Decimal, plain},
};
use crate::{
    error::BarsError,
    findings::{Finding, Severity, first_few},
    table::Table,
};

/// One bar as text.
pub(super) struct Row {
    pub(super) record: usize,
    pub(super) date: NaiveDate,
    pub(super) values: [String; 5],
}

/// Reads the rows, scaled by the adjusted close if `adjusted`; rows without any price are dropped.
pub(super) fn rows(
    table: &Table<'_>,
    columns: &Columns,
    days: &[NaiveDate],
    decimal: Decimal,
    adjusted: bool,
) -> Result<(Vec<Row>, Vec<Finding>), BarsError> {
    let mut rows = Vec::with_capacity(table.len());
    let mut empty = Vec::new();
    for (record, date) in days.iter().enumerate() {
        match values(table, columns, record, decimal, adjusted)? {
            Some(values) => rows.push(Row {
                record,
                date: *date,
                values,
            }),
            None => empty.push(date.to_string()),
        }
    }
    if rows.is_empty() {
        return Err(table.fault(0, columns.open, "no row has prices"));
    }
    let mut findings = Vec::new();
    if !empty.is_empty() {
        let found = format!("rows without any price are dropped: {}", first_few(&empty));
        findings.push(Finding::new(
            Severity::Warning,
            "empty-rows",
            empty.len(),
            found,
        ));
    }
    Ok((rows, findings))
}

/// Four prices and the volume of a record; absent where it has no price.
fn values(
    table: &Table<'_>,
    columns: &Columns,
    record: usize,
    decimal: Decimal,
    adjusted: bool,
) -> Result<Option<[String; 5]>, BarsError> {
    let fault = |field: usize, what: &str| {
        let written = table.shown(record, field);
        table.fault(record, field, format!("`{written}` {what}"))
    };
    let read = |field: usize| {
        plain(
            table.field(record, field),
            decimal,
            Some(field) == columns.volume,
        )
        .map_err(|what| fault(field, what))
    };
    let prices = [columns.open, columns.high, columns.low, columns.close];
    let mut found = [None, None, None, None];
    for (slot, field) in found.iter_mut().zip(prices) {
        *slot = read(field)?;
    }
    if found.iter().all(Option::is_none) {
        return Ok(None);
    }
    let mut values: [String; 5] = Default::default();
    for ((slot, value), field) in values.iter_mut().zip(found).zip(prices) {
        let value = value.ok_or_else(|| {
            table.fault(
                record,
                field,
                "the price is missing where others are present",
            )
        })?;
        if !value.parse::<f64>().is_ok_and(|price| price > 0.0) {
            return Err(fault(field, "is not a price above 0"));
        }
        *slot = value;
    }
    values[4] = match columns.volume {
        Some(field) => {
            let volume = read(field)?.unwrap_or_else(|| "0".to_owned());
            if !volume.parse::<f64>().is_ok_and(|volume| volume >= 0.0) {
                return Err(fault(field, "is not a volume"));
            }
            volume
        }
        None => "0".to_owned(),
    };
    if let (true, Some(field)) = (adjusted, columns.adjusted) {
        let close = read(field)?.and_then(|text| text.parse::<f64>().ok());
        let close = close
            .filter(|close| *close > 0.0)
            .ok_or_else(|| fault(field, "is not an adjusted price above 0"))?;
        let factor = values[3].parse::<f64>().map_or(f64::NAN, |raw| close / raw);
        scale(&mut values, factor).ok_or_else(|| {
            fault(
                field,
                "is so far from the close that prices or volume scaled by it are no numbers",
            )
        })?;
    }
    Ok(Some(values))
}

/// Multiplies the four prices by a factor, and divides the volume by it: price × volume stays the money that was traded, which does not jump
/// at a split. Absent where a price or the volume would be no number.
pub(super) fn scale(values: &mut [String; 5], factor: f64) -> Option<()> {
    let [prices @ .., volume] = values;
    for price in prices {
        let scaled = price.parse::<f64>().ok()? * factor;
        *price = scaled.is_normal().then(|| scaled.to_string())?;
    }
    let scaled = volume.parse::<f64>().ok()? / factor;
    *volume = scaled.is_finite().then(|| scaled.to_string())?;
    Some(())
}
