//! Daily bars from a raw CSV, each fault with its line and column. It aggregates and computes nothing.

use std::path::Path;

use chrono::NaiveDate;

use crate::error::DataError;

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

const COLUMNS: [&str; 6] = ["date", "open", "high", "low", "close", "volume"];

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
        let cut = |column: &[f64]| column.iter().take(count).copied().collect();
        Self {
            date: self.date.iter().take(count).copied().collect(),
            open: cut(&self.open),
            high: cut(&self.high),
            low: cut(&self.low),
            close: cut(&self.close),
            volume: cut(&self.volume),
        }
    }
}

/// Reads a CSV with the columns `date, open, high, low, close, volume` (ISO dates, ascending).
pub fn read_bars(path: &Path) -> Result<Bars, DataError> {
    let text = std::fs::read_to_string(path).map_err(|cause| DataError::read(path, &cause))?;
    parse_bars(path, &text)
}

/// [`read_bars`] of a text.
pub fn parse_bars(path: &Path, text: &str) -> Result<Bars, DataError> {
    let fault = |line: u64, column: usize, what: String| DataError::Csv {
        path: path.to_owned(),
        line,
        column: column + 1,
        what,
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .map_err(|cause| fault(1, 0, cause.to_string()))?
        .clone();
    let mut index = [0; 6];
    for (slot, name) in index.iter_mut().zip(COLUMNS) {
        *slot = headers
            .iter()
            .position(|header| header.trim().eq_ignore_ascii_case(name))
            .ok_or_else(|| fault(1, 0, format!("column `{name}` is missing")))?;
    }
    let mut bars = Bars::default();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(cause) => {
                let line = cause.position().map_or(0, csv::Position::line);
                return Err(fault(line, 0, cause.to_string()));
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        let [date, open, high, low, close, volume] = index;
        let field = |column: usize| record.get(column).unwrap_or_default().trim();
        let day = NaiveDate::parse_from_str(field(date), "%Y-%m-%d").map_err(|_| {
            fault(
                line,
                date,
                format!("`{}` is no date such as 2007-01-31", field(date)),
            )
        })?;
        if let Some(last) = bars.date.last().filter(|last| **last >= day) {
            return Err(fault(
                line,
                date,
                format!("{day} does not come after {last}: sort the file and drop duplicates"),
            ));
        }
        let number = |column: usize, least: f64, what: &str| {
            let value: f64 = field(column).parse().unwrap_or(f64::NAN);
            if value.is_finite() && value >= least {
                return Ok(value);
            }
            Err(fault(
                line,
                column,
                format!("`{}` is no {what}", field(column)),
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
    if bars.is_empty() {
        return Err(fault(1, 0, "the file has no bars".to_owned()));
    }
    Ok(bars)
}
