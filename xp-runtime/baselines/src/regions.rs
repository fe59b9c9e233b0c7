//! The rows that a baseline is given.

use crate::{market::Market, rows::Rows};

/// Rows of the regions that a baseline uses.
#[derive(Debug, Clone, Copy)]
pub struct Regions<'a> {
    /// To fit on.
    pub train: Rows<'a>,
    /// To choose on.
    pub val: Rows<'a>,
    /// To be evaluated on; validation itself for a search.
    pub evaluated: Rows<'a>,
    /// Prices behind the labels of all regions.
    pub market: Market<'a>,
    /// Samples of a bootstrap's block.
    pub block: usize,
}
