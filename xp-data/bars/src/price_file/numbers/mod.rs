//! How the numbers of a file are written: which mark is before the decimals, and what separates thousands. One reading serves the whole
//! file; where two are possible and neither the delimiter nor the column decides, the file is refused: a price × 1000 is never taken in
//! silence.

mod column;
mod number;
mod numeric;
mod reading;

pub use number::Decimal;

use crate::{error::BarsError, table::Table};
use column::Fault;
use number::number;
pub(super) use numeric::Numeric;
use reading::Reading;

/// A number of a file as plain digits with a decimal point; absent where the text stands for a missing value.
pub(super) fn plain(
    text: &str,
    decimal: Decimal,
    is_volume: bool,
) -> Result<Option<String>, &'static str> {
    Ok(number(text, decimal, is_volume)?.map(|number| number.digits))
}

const REMEDY: &str = "; --decimal comma or --decimal point says which";

/// The decimal mark of the numbers in some columns.
///
/// # Errors
/// Where no mark explains them all, or several do and neither the user nor the file decides; at the number.
pub(super) fn decimal(
    table: &Table<'_>,
    columns: &[Numeric],
    delimiter: Option<char>,
    wanted: Option<Decimal>,
) -> Result<Decimal, BarsError> {
    let point = Reading::of(table, columns, Decimal::Point);
    let comma = Reading::of(table, columns, Decimal::Comma);
    if let Some(wanted) = wanted {
        let reading = if wanted == Decimal::Point {
            &point
        } else {
            &comma
        };
        return match reading.fault() {
            Some(fault) => Err(refused(table, fault, "")),
            None => Ok(wanted),
        };
    }
    let is_list = delimiter == Some(';');
    let reading = match (point.fault(), comma.fault()) {
        (None, Some(_)) => &point,
        (Some(_), None) if is_list || comma.is_certain() => &comma,
        // Every comma stands before three digits: prices below one, or thousands gone wrong.
        (Some(fault), None) => return Err(refused(table, fault, REMEDY)),
        (Some(point), Some(comma)) => {
            let later = (comma.record, comma.column) > (point.record, point.column);
            return Err(refused(table, if later { comma } else { point }, ""));
        }
        (None, None) => likelier(&point, &comma, delimiter),
    };
    match reading.doubtful() {
        Some(fault) => Err(refused(table, fault, REMEDY)),
        None => Ok(reading.decimal),
    }
}

/// The reading of a file that both explain. What it takes for thousands is judged afterwards.
fn likelier<'a>(point: &'a Reading, comma: &'a Reading, delimiter: Option<char>) -> &'a Reading {
    // A comma in a price before three digits, which a decimal comma explains.
    if comma.three_decimals(false).is_some() {
        let is_decimal = match delimiter {
            // Lists separated by semicolons are of countries with a decimal comma.
            Some(';') => true,
            // Thousands that are not separated elsewhere are not separated here.
            Some('\t') => comma.is_ungrouped(),
            _ => false,
        };
        let shows_groups = point.doubtful().is_none();
        return if is_decimal && !shows_groups {
            comma
        } else {
            point
        };
    }
    // A point in a price: of a list without another sign it may separate thousands.
    if point.three_decimals(false).is_some() {
        let is_doubtful = delimiter == Some(';') && !point.is_ungrouped();
        return if is_doubtful { comma } else { point };
    }
    // Marks in the volume alone separate thousands, but a point of decimals where nothing else is known.
    let points = point.columns.iter().find(|column| column.is_volume);
    let has_units = comma
        .columns
        .iter()
        .any(|column| column.is_volume && column.has_short);
    match points.and_then(|volume| volume.three_decimals.as_ref()) {
        Some(_) if has_units || delimiter == Some(';') => comma,
        _ => point,
    }
}

fn refused(table: &Table<'_>, fault: &Fault, remedy: &str) -> BarsError {
    let written = table.shown(fault.record, fault.column);
    let what = format!("`{written}` {}{remedy}", fault.what);
    table.fault(fault.record, fault.column, what)
}
