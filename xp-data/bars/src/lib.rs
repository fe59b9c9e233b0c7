//! Daily bars: read from files of prices as people have them ([`price_file`]) and from the raw format ([`bars`]), and checked
//! ([`checks`]). No data frames: a parquet comes as columns of text.

pub mod bars;
mod bytes;
pub mod checks;
mod error;
pub mod findings;
pub mod price_file;
mod shown;
mod table;

pub use bars::{Bars, COLUMNS, parse_bars, parse_bytes, read_bars};
pub use bytes::{is_parquet, read_bounded};
pub use error::BarsError;
pub use findings::{Finding, Severity};
