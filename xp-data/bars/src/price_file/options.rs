//! What a user says about a file of prices.

use chrono::NaiveDate;

use super::{dates::Zone, numbers::Decimal, stock_splits::StockSplit};

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Scale prices by the adjusted close, and volumes by its inverse.
    pub adjusted: bool,
    /// Splits for which the prices are not adjusted yet, and are to be.
    pub splits: Vec<StockSplit>,
    /// Where the exchange is: instants with an offset from UTC become its local dates.
    pub zone: Option<Zone>,
    /// The decimal mark, where the file does not say which it is.
    pub decimal: Option<Decimal>,
    /// Today, in UTC: a bar after it is warned of, and a year of two digits is not in the future.
    pub today: NaiveDate,
}

impl Options {
    /// A file of which nothing is said.
    pub fn new(today: NaiveDate) -> Self {
        Self {
            adjusted: false,
            splits: Vec::new(),
            zone: None,
            decimal: None,
            today,
        }
    }
}
