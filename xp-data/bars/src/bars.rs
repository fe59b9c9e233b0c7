//! Daily bars from a CSV of the raw format, each error with its line and column. It aggregates and computes nothing, and recognises no
//! other format: that is `import`.

use std::path::Path;

use chrono::NaiveDate;

use crate::{
    bytes::{read_bounded, utf8},
    error::BarsError,
    table::Table,
};

/// Bars in order of time; all columns have the same length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// Last trading day of each bar.
    pub date: Vec<NaiveDate>,
    /// First price.
    pub open: Vec<f64>,
    /// Highest price.
    pub high: Vec<f64>,
    /// Lowest price.
    pub low: Vec<f64>,
    /// Last price.
    pub close: Vec<f64>,
    /// Traded volume; 0 where none is known.
    pub volume: Vec<f64>,
}

/// Columns of a raw file.
pub const COLUMNS: [&str; 6] = ["date", "open", "high", "low", "close", "volume"];

impl Bars {
    /// Number of bars.
    pub fn len(&self) -> usize {
        self.date.len()
    }

    /// Whether there is no bar.
    pub fn is_empty(&self) -> bool {
        self.date.is_empty()
    }

    /// The first `count` bars.
    #[must_use]
    pub fn truncated(&self, count: usize) -> Self {
        self.between(0, count)
    }

    /// The bars from a day on.
    #[must_use]
    pub fn since(&self, from: NaiveDate) -> Self {
        self.between(self.date.partition_point(|day| *day < from), self.len())
    }

    fn between(&self, start: usize, end: usize) -> Self {
        let cut = |column: &[f64]| {
            column
                .iter()
                .take(end)
                .skip(start)
                .copied()
                .collect::<Vec<f64>>()
        };
        Self {
            date: self.date.iter().take(end).skip(start).copied().collect(),
            open: cut(&self.open),
            high: cut(&self.high),
            low: cut(&self.low),
            close: cut(&self.close),
            volume: cut(&self.volume),
        }
    }
}

/// Reads a CSV with the columns `date, open, high, low, close, volume` (ISO dates, ascending).
pub fn read_bars(path: &Path) -> Result<Bars, BarsError> {
    parse_bytes(path, &read_bounded(path)?)
}

/// [`read_bars`] of bytes.
pub fn parse_bytes(path: &Path, bytes: &[u8]) -> Result<Bars, BarsError> {
    parse_bars(path, utf8(path, bytes)?)
}

/// [`read_bars`] of a text.
pub fn parse_bars(path: &Path, text: &str) -> Result<Bars, BarsError> {
    let table = Table::parse(path, text, ',')?;
    let mut index = [0; 6];
    for (slot, name) in index.iter_mut().zip(COLUMNS) {
        *slot = table
            .headers
            .iter()
            .position(|header| header.eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                table.header_fault(
                    0,
                    format!("column `{name}` is missing; `cargo xp data import` reads files of other formats"),
                )
            })?;
    }
    let [date, open, high, low, close, volume] = index;
    let mut bars = Bars::default();
    for record in 0..table.len() {
        let field = |column: usize| table.field(record, column);
        let day = NaiveDate::parse_from_str(field(date), "%Y-%m-%d").map_err(|_| {
            let what = format!(
                "`{}` is not a date such as 2007-01-31",
                table.shown(record, date)
            );
            table.fault(record, date, what)
        })?;
        if let Some(last) = bars.date.last().filter(|last| **last >= day) {
            let what =
                format!("{day} does not come after {last}: sort the file and drop duplicates");
            return Err(table.fault(record, date, what));
        }
        let number = |column: usize, least: f64, what: &str| {
            let value: f64 = field(column).parse().unwrap_or(f64::NAN);
            if value.is_finite() && value >= least {
                return Ok(value);
            }
            Err(table.fault(
                record,
                column,
                format!("`{}` is not a {what}", table.shown(record, column)),
            ))
        };
        let price = |column| number(column, f64::MIN_POSITIVE, "price above 0");
        bars.open.push(price(open)?);
        bars.high.push(price(high)?);
        bars.low.push(price(low)?);
        bars.close.push(price(close)?);
        bars.volume.push(number(volume, 0.0, "volume")?);
        bars.date.push(day);
    }
    Ok(bars)
}
