//! Which column of a foreign CSV is which: by the names that Yahoo, Stooq, Alpha Vantage, Nasdaq, Investing and Kaggle files use.

use crate::{error::DataError, sheet::Sheet};

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
    /// Whose asset a row is, in a file of several.
    pub(crate) asset: Option<usize>,
    /// Whose form it is.
    pub(crate) style: &'static str,
    /// Columns that nothing is made of.
    pub(crate) unused: Vec<String>,
}

/// Names of a column, in lower case without what surrounds them.
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
fn plain(name: &str) -> String {
    let mut plain = String::new();
    for c in name.chars() {
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else if !plain.is_empty() && !plain.ends_with('_') {
            plain.push('_');
        }
    }
    plain.trim_end_matches('_').to_owned()
}

/// Recognises the header; a column that is missing or there twice is told on it.
pub(crate) fn recognise(sheet: &Sheet<'_>) -> Result<Columns, DataError> {
    let names: Vec<String> = sheet.headers.iter().map(|name| plain(name)).collect();
    let mut used = vec![false; names.len()];
    let mut find = |wanted: &[&str]| -> Result<Option<usize>, DataError> {
        // Names nearer to the front are surer: `close` before `price`.
        for name in wanted {
            let mut places = (0..names.len()).filter(|&place| names[place] == *name);
            let Some(place) = places.next() else { continue };
            if let Some(second) = places.next() {
                let what = format!("column `{}` is there twice", sheet.headers[second]);
                return Err(sheet.header_fault(second, what));
            }
            used[place] = true;
            return Ok(Some(place));
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
    for (slot, (name, place)) in needed.iter_mut().zip(found) {
        *slot = place.ok_or_else(|| {
            let numeric = sheet.headers.iter().any(|header| header.parse::<f64>().is_ok());
            let what = if numeric {
                "the first line has numbers, not names: write `date,open,high,low,close,volume` above it".to_owned()
            } else {
                format!("no column is `{name}`; the header has {}", sheet.headers.join(", "))
            };
            sheet.header_fault(0, what)
        })?;
    }
    let unused = (0..names.len())
        .filter(|&place| !used[place] && !names[place].is_empty())
        .map(|place| sheet.headers[place].clone())
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
        style: style(sheet),
        unused,
    })
}

/// Whose form a header has; it decides nothing, the manifest tells it.
fn style(sheet: &Sheet<'_>) -> &'static str {
    let has = |name: &str| sheet.headers.iter().any(|header| header == name);
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
    } else if has("Date") && has("Volume") && sheet.headers.len() == 6 {
        "stooq or yahoo"
    } else if has("date") && has("volume") {
        "plain"
    } else {
        "other"
    }
}
