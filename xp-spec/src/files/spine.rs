//! The price spine of a data set: `date, high, close` of its daily bars from a CSV, each fault with its line and column.

use chrono::NaiveDate;

use super::{error::FileError, position::position};
use crate::split::Spine;

/// Reads `date`, `high`, `close` of a CSV, ascending by date.
pub fn read_spine(path: &str, text: &str) -> Result<Spine, FileError> {
    let fault = |byte: u64, field: usize, what: String| FileError {
        path: path.into(),
        position: Some(position(text, byte, field)),
        what,
        remedy: Some("correct the file, then run `cargo xp data build`".to_owned()),
    };
    let malformed = |cause: csv::Error| {
        let byte = cause.position().map_or(0, csv::Position::byte);
        fault(byte, 0, cause.to_string())
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().map_err(malformed)?.clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|header| header.eq_ignore_ascii_case(name))
            .ok_or_else(|| fault(0, 0, format!("column `{name}` is missing")))
    };
    let (date, high, close) = (column("date")?, column("high")?, column("close")?);
    let mut spine = Spine::default();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(malformed)? {
        let byte = record.position().map_or(0, csv::Position::byte);
        let field = |index: usize| record.get(index).unwrap_or_default().trim();
        let price = |index: usize| {
            let value: f64 = field(index).parse().unwrap_or(f64::NAN);
            if value.is_finite() && value > 0.0 {
                return Ok(value);
            }
            let what = format!("`{}` is no price above 0", field(index));
            Err(fault(byte, index, what))
        };
        let day = NaiveDate::parse_from_str(field(date), "%Y-%m-%d").map_err(|_| {
            let what = format!("`{}` is no date such as 2007-01-31", field(date));
            fault(byte, date, what)
        })?;
        if spine.dates.last().is_some_and(|last| *last >= day) {
            let what = format!("{day} does not come after the day before it");
            return Err(fault(byte, date, what));
        }
        spine.dates.push(day);
        spine.high.push(price(high)?);
        spine.close.push(price(close)?);
    }
    Ok(spine)
}
