//! All numbers of a file, read with one decimal mark.

use super::{
    column::{Column, Fault, read_column},
    number::Decimal,
    numeric::Numeric,
};
use crate::table::Table;

/// All columns, read with one decimal mark.
pub(super) struct Reading {
    pub(super) decimal: Decimal,
    pub(super) columns: Vec<Column>,
}

impl Reading {
    pub(super) fn of(table: &Table<'_>, columns: &[Numeric], decimal: Decimal) -> Self {
        let columns = columns
            .iter()
            .map(|column| read_column(table, *column, decimal));
        Self {
            decimal,
            columns: columns.collect(),
        }
    }

    /// The first number that it cannot explain.
    pub(super) fn fault(&self) -> Option<&Fault> {
        let faults = self
            .columns
            .iter()
            .filter_map(|column| column.fault.as_ref());
        faults.min_by_key(|fault| (fault.record, fault.column))
    }

    /// Whether a number has this reading only.
    pub(super) fn is_certain(&self) -> bool {
        self.columns.iter().any(|column| column.is_certain)
    }

    /// Whether some number has no thousands separated where it could.
    pub(super) fn is_ungrouped(&self) -> bool {
        self.columns.iter().any(|column| column.is_ungrouped)
    }

    /// The first price whose separator of thousands may be a decimal mark, where nothing in its column and no number with several groups shows
    /// that it is none.
    pub(super) fn doubtful(&self) -> Option<&Fault> {
        let is_shown = |column: &&Column| {
            let separates = self
                .columns
                .iter()
                .any(|other| other.separates_like(column));
            column.has_short || separates
        };
        let prices = self.columns.iter().filter(|column| !column.is_volume);
        let doubtful = prices.filter(|column| !is_shown(column));
        let firsts = doubtful.filter_map(|column| column.single.as_ref());
        firsts.min_by_key(|fault| (fault.record, fault.column))
    }

    /// The first number before whose last three digits a mark stands that this reading takes for the decimal one.
    pub(super) fn three_decimals(&self, is_volume: bool) -> Option<&Fault> {
        let of_kind = self
            .columns
            .iter()
            .filter(|column| column.is_volume == is_volume);
        let firsts = of_kind.filter_map(|column| column.three_decimals.as_ref());
        firsts.min_by_key(|fault| (fault.record, fault.column))
    }
}
