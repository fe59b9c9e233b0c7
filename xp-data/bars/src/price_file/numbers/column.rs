//! The numbers of one column, read with one decimal mark: what they show of how the file writes numbers.

use super::{
    number::{Decimal, Groups, Number, Size, number},
    numeric::Numeric,
};
use crate::table::Table;

/// Digits of an integer that a file with separators of thousands would separate; some write 1234 beside 12 345.
const LONG: usize = 5;

/// A number and what is wrong with it.
pub(super) struct Fault {
    pub(super) record: usize,
    pub(super) column: usize,
    pub(super) what: &'static str,
}

/// What the numbers of a column show.
#[derive(Default)]
pub(super) struct Column {
    pub(super) is_volume: bool,
    /// The first number that the reading cannot explain; what follows it is not read.
    pub(super) fault: Option<Fault>,
    /// A number that only this reading explains.
    pub(super) is_certain: bool,
    /// Whether a number of five digits or more has no thousands separated.
    pub(super) is_ungrouped: bool,
    /// Whether a whole number below 1000 is among them, as there is where thousands are separated.
    pub(super) has_short: bool,
    /// Whether a number has two groups, or groups and decimals.
    has_several_groups: bool,
    /// The first number with one group alone, which may be decimals.
    pub(super) single: Option<Fault>,
    /// The first number with three decimals, which may be a group.
    pub(super) three_decimals: Option<Fault>,
    groups: Option<Groups>,
}

impl Column {
    /// Whether it has numbers that show the separator of another column to be of thousands.
    pub(super) fn separates_like(&self, other: &Self) -> bool {
        let separator = |column: &Self| column.groups.map(|groups| groups.separator);
        self.has_several_groups && separator(self) == separator(other)
    }
}

/// Reads a column up to the first number that cannot be explained.
pub(super) fn read_column(table: &Table<'_>, numeric: Numeric, decimal: Decimal) -> Column {
    let Numeric { column, is_volume } = numeric;
    let mut read = Column {
        is_volume,
        ..Column::default()
    };
    let fault = |record, what| {
        Some(Fault {
            record,
            column,
            what,
        })
    };
    for record in 0..table.len() {
        let number = match number(table.field(record, column), decimal, is_volume) {
            Ok(None) => continue,
            Ok(Some(number)) => number,
            Err(what) => {
                read.fault = fault(record, what);
                return read;
            }
        };
        read.is_certain |= number.is_certain;
        let is_whole = !number.has_decimals && number.groups.is_none();
        read.is_ungrouped |= is_whole && number.whole >= LONG;
        read.has_short |= is_whole && number.whole <= 3 && !is_zero(&number);
        if number.has_decimals && !number.is_certain && read.three_decimals.is_none() {
            let what = "may have thousands or decimals behind its mark";
            read.three_decimals = fault(record, what);
        }
        let Some(groups) = number.groups else {
            continue;
        };
        if groups.is_single && !number.is_certain {
            if read.single.is_none() {
                let what = "may have thousands or decimals behind its separator";
                read.single = fault(record, what);
            }
        } else {
            read.has_several_groups = true;
        }
        match merged(read.groups, groups) {
            Some(merged) => read.groups = Some(merged),
            None => {
                let what = "is grouped otherwise than the numbers above it";
                read.fault = fault(record, what);
                return read;
            }
        }
    }
    // A separator of thousands that longer numbers do not have separates something else.
    if let (true, Some(single)) = (read.is_ungrouped, &read.single) {
        let what = "has a separator of thousands, which longer numbers of the column have not";
        read.fault = fault(single.record, what);
    }
    read
}

fn is_zero(number: &Number) -> bool {
    number.digits.bytes().all(|digit| digit == b'0')
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
