//! A column that is to be read as numbers.

/// A column of numbers, and whether it is the volume, which may have letters for thousands and has no decimals as a rule.
#[derive(Debug, Clone, Copy)]
pub(in crate::price_file) struct Numeric {
    pub(in crate::price_file) column: usize,
    pub(in crate::price_file) is_volume: bool,
}
