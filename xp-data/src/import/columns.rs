//! Which column of a foreign CSV is which: by the names that Yahoo, Stooq, Alpha Vantage, Nasdaq, Investing and Kaggle files use.

use crate::{csv_table::CsvTable, error::DataError};

/// Columns of a file, by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) date: usize,
    pub(crate) open: usize,
    pub(crate) high: usize,
    pub(crate) low: usize,
    pub(crate) close: usize,
    /// Absent where the file has none, as those of some indices.
    pub(crate) volume: Option<usize>,
    /// Close adjusted for splits and dividends.
    pub(crate) adjusted: Option<usize>,
    /// The asset of a row, in a file of several.
    pub(crate) asset: Option<usize>,
    /// Provider whose format it is.
    pub(crate) style: &'static str,
    /// Columns that are not used.
    pub(crate) unused: Vec<String>,
}

/// Names of a column, as [`normalised`] writes them.
const DATE: &[&str] = &[
    "date",
    "timestamp",
    "datetime",
    "time",
    "day",
    "trade_date",
    "trading_day",
    "tradedate",
];
const OPEN: &[&str] = &["open", "1_open", "open_price", "o", "first"];
const HIGH: &[&str] = &["high", "2_high", "high_price", "h", "max"];
const LOW: &[&str] = &["low", "3_low", "low_price", "l", "min"];
const CLOSE: &[&str] = &[
    "close",
    "4_close",
    "close_price",
    "c",
    "close_last",
    "last",
    "price",
    "settle",
];
const VOLUME: &[&str] = &[
    "volume",
    "vol",
    "5_volume",
    "6_volume",
    "v",
    "share_volume",
    "volume_shares",
    "shares",
];
const ADJUSTED: &[&str] = &[
    "adj_close",
    "adjusted_close",
    "adjclose",
    "adj_close_price",
    "5_adjusted_close",
    "close_adj",
];
const ASSET: &[&str] = &["name", "symbol", "ticker", "stock", "asset", "tic"];

/// A name without case, spaces, dots and brackets: `1. open`, `<OPEN>`, `Adj Close`, `Close/Last`.
fn normalised(name: &str) -> String {
    let mut normalised = String::new();
    for c in name.chars() {
        if c.is_alphanumeric() {
            normalised.extend(c.to_lowercase());
        } else if !normalised.is_empty() && !normalised.ends_with('_') {
            normalised.push('_');
        }
    }
    normalised.trim_end_matches('_').to_owned()
}

/// Recognises the columns of a header; one that is missing or appears twice is an error at its position.
pub(crate) fn recognise(table: &CsvTable<'_>) -> Result<Columns, DataError> {
    let names: Vec<String> = table.headers.iter().map(|name| normalised(name)).collect();
    let mut used = vec![false; names.len()];
    let mut find = |wanted: &[&str]| -> Result<Option<usize>, DataError> {
        // Earlier names are more certain: `close` before `price`.
        for name in wanted {
            let mut positions = (0..names.len()).filter(|&position| names[position] == *name);
            let Some(position) = positions.next() else {
                continue;
            };
            if let Some(second) = positions.next() {
                let what = format!("column `{}` appears twice", table.headers[second]);
                return Err(table.header_fault(second, what));
            }
            used[position] = true;
            return Ok(Some(position));
        }
        Ok(None)
    };
    let found = [
        ("date", find(DATE)?),
        ("open", find(OPEN)?),
        ("high", find(HIGH)?),
        ("low", find(LOW)?),
        ("close", find(CLOSE)?),
    ];
    let (volume, adjusted, asset) = (find(VOLUME)?, find(ADJUSTED)?, find(ASSET)?);
    let mut needed = [0; 5];
    for (slot, (name, position)) in needed.iter_mut().zip(found) {
        *slot = position.ok_or_else(|| {
            let numeric = table.headers.iter().any(|header| header.parse::<f64>().is_ok());
            let what = if numeric {
                "the first line has numbers, not names: add the line `date,open,high,low,close,volume` above it".to_owned()
            } else {
                format!("no column is `{name}`; the header has {}", table.headers.join(", "))
            };
            table.header_fault(0, what)
        })?;
    }
    let unused = (0..names.len())
        .filter(|&position| !used[position] && !names[position].is_empty())
        .map(|position| table.headers[position].clone())
        .collect();
    let [date, open, high, low, close] = needed;
    Ok(Columns {
        date,
        open,
        high,
        low,
        close,
        volume,
        adjusted,
        asset,
        style: style(table),
        unused,
    })
}

/// Provider whose format a header has; it is recorded in the manifest and decides nothing.
fn style(table: &CsvTable<'_>) -> &'static str {
    let has = |name: &str| table.headers.iter().any(|header| header == name);
    if has("<DATE>") || has("<TICKER>") {
        "stooq bulk"
    } else if has("Adj Close") {
        "yahoo"
    } else if has("Close/Last") {
        "nasdaq.com"
    } else if has("Price") && (has("Vol.") || has("Change %")) {
        "investing.com"
    } else if has("timestamp") || has("1. open") {
        "alpha vantage"
    } else if has("Name") || has("Symbol") {
        "kaggle"
    } else if has("Date") && has("Volume") && table.headers.len() == 6 {
        "stooq or yahoo"
    } else if has("date") && has("volume") {
        "plain"
    } else {
        "other"
    }
}
