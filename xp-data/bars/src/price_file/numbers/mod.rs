//! How the numbers of a file are written: which mark is before the decimals, and what separates thousands. One reading serves the whole
//! file; where two are possible and the delimiter does not decide, the file is refused: a price × 1000 is never taken in silence.

mod number;

pub use number::Decimal;
use number::{Groups, Number, Size, number};

use crate::{error::BarsError, table::Table};

/// Digits of an integer that a file with separators of thousands would separate; some write 1234 beside 12 345.
const LONG: usize = 5;

/// A number that a reading cannot explain.
struct Fault {
    record: usize,
    column: usize,
    what: String,
}

/// What one reading of all numbers shows.
#[derive(Default)]
struct Evidence {
    fault: Option<Fault>,
    /// A number that only this reading explains.
    is_certain: bool,
    /// The first number with a decimal mark or separators that the other reading explains too.
    ambiguous: Option<(usize, usize)>,
    /// Whether thousands are not separated in some number.
    is_ungrouped: bool,
}

/// A number of a file as plain digits with a decimal point; absent where the text stands for a missing value.
pub(super) fn plain(text: &str, decimal: Decimal) -> Result<Option<String>, &'static str> {
    Ok(number(text, decimal)?.map(|number| number.digits))
}

/// The decimal mark of the numbers in some columns.
///
/// # Errors
/// Where no mark explains them all, or both do and neither the user nor the delimiter decides; at the number.
pub(super) fn decimal(
    table: &Table<'_>,
    columns: &[usize],
    delimiter: Option<char>,
    wanted: Option<Decimal>,
) -> Result<Decimal, BarsError> {
    let point = evidence(table, columns, Decimal::Point);
    let comma = evidence(table, columns, Decimal::Comma);
    let of = |decimal| match decimal {
        Decimal::Point => &point,
        Decimal::Comma => &comma,
    };
    if let Some(wanted) = wanted {
        return match &of(wanted).fault {
            Some(fault) => Err(refused(table, fault, "")),
            None => Ok(wanted),
        };
    }
    let is_list = delimiter == Some(';');
    match (&point.fault, &comma.fault) {
        (None, Some(_)) => Ok(Decimal::Point),
        (Some(_), None) if is_list || comma.is_certain => Ok(Decimal::Comma),
        // Every comma stands before three digits: prices below one, or thousands gone wrong.
        (Some(fault), None) => Err(refused(table, fault, REMEDY)),
        (Some(point), Some(comma)) => {
            let later = (comma.record, comma.column) > (point.record, point.column);
            Err(refused(table, if later { comma } else { point }, ""))
        }
        (None, None) => either(table, &point, &comma, delimiter),
    }
}

const REMEDY: &str = "; --decimal comma or --decimal point says which";

/// The mark where both explain all numbers.
fn either(
    table: &Table<'_>,
    point: &Evidence,
    comma: &Evidence,
    delimiter: Option<char>,
) -> Result<Decimal, BarsError> {
    let Some((record, column)) = point.ambiguous.or(comma.ambiguous) else {
        return Ok(Decimal::Point);
    };
    let written = table.field(record, column);
    let has_comma = written.contains(',');
    match delimiter {
        // Lists separated by semicolons are of countries with a decimal comma.
        Some(';') if has_comma => return Ok(Decimal::Comma),
        // Thousands that are not separated elsewhere are not separated here.
        Some('\t') if has_comma && point.is_ungrouped => return Ok(Decimal::Comma),
        Some(';') if !point.is_ungrouped => {}
        _ if !has_comma || !point.is_ungrouped && delimiter != Some('\t') => {
            return Ok(Decimal::Point);
        }
        _ => {}
    }
    let what = format!(
        "`{written}` may have thousands or decimals behind its {}{REMEDY}",
        if has_comma { "comma" } else { "point" }
    );
    Err(table.fault(record, column, what))
}

fn refused(table: &Table<'_>, fault: &Fault, remedy: &str) -> BarsError {
    let written = table.field(fault.record, fault.column);
    let what = format!("`{written}` {}{remedy}", fault.what);
    table.fault(fault.record, fault.column, what)
}

/// Reads all numbers with one decimal mark, up to the first that it cannot explain.
fn evidence(table: &Table<'_>, columns: &[usize], decimal: Decimal) -> Evidence {
    let mut evidence = Evidence::default();
    let mut groups: Vec<Option<Groups>> = vec![None; columns.len()];
    let mut long: Vec<bool> = vec![false; columns.len()];
    let mut single: Vec<Option<usize>> = vec![None; columns.len()];
    let fault = |record, column, what: &str| {
        Some(Fault {
            record,
            column,
            what: what.to_owned(),
        })
    };
    for record in 0..table.len() {
        for (at, &column) in columns.iter().enumerate() {
            let read = match number(table.field(record, column), decimal) {
                Ok(None) => continue,
                Ok(Some(read)) => read,
                Err(what) => {
                    evidence.fault = fault(record, column, what);
                    return evidence;
                }
            };
            evidence.note(&read, record, column, table.field(record, column));
            long[at] |= read.groups.is_none() && read.whole >= LONG;
            let Some(found) = read.groups else { continue };
            if found.is_single && !read.is_certain {
                single[at] = single[at].or(Some(record));
            }
            match merged(groups[at], found) {
                Some(merged) => groups[at] = Some(merged),
                None => {
                    let what = "is grouped otherwise than the numbers above it";
                    evidence.fault = fault(record, column, what);
                    return evidence;
                }
            }
        }
    }
    // A comma that separates thousands here and nowhere else in the column separates something else.
    for (at, &column) in columns.iter().enumerate() {
        if let (true, Some(record)) = (long[at], single[at]) {
            let what = "has a separator of thousands, which longer numbers of the column have not";
            evidence.fault = fault(record, column, what);
        }
    }
    evidence
}

impl Evidence {
    fn note(&mut self, read: &Number, record: usize, column: usize, written: &str) {
        self.is_certain |= read.is_certain;
        self.is_ungrouped |= read.groups.is_none() && read.whole >= LONG;
        if !read.is_certain && written.contains([',', '.']) && self.ambiguous.is_none() {
            self.ambiguous = Some((record, column));
        }
    }
}

/// What two numbers of a column have in common; absent where they are grouped differently.
fn merged(before: Option<Groups>, found: Groups) -> Option<Groups> {
    let Some(before) = before else {
        return Some(found);
    };
    let size = match (before.size, found.size) {
        (Size::Either, size) | (size, Size::Either) => size,
        (a, b) if a == b => a,
        _ => return None,
    };
    (before.separator == found.separator).then_some(Groups {
        size,
        is_single: before.is_single && found.is_single,
        ..found
    })
}
