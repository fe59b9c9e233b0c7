//! What a user says about a file of prices.

use chrono::NaiveDate;

use super::{dates::Zone, numbers::Decimal};

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Scale prices by the adjusted close, and volumes by its inverse.
    pub adjusted: bool,
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
            zone: None,
            decimal: None,
            today,
        }
    }
}
