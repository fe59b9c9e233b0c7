//! Names of columns in the files of providers, in the languages in which they export. [`NAMES`] is their one registration place.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A column that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Date,
    Open,
    High,
    Low,
    Close,
    Volume,
    /// Close adjusted for splits and dividends.
    Adjusted,
    /// The asset of a row, in a file of several.
    Asset,
}

/// Names as [`normalised`] writes them, the more certain ones first: `close` before `price`, shares before money.
const NAMES: [(Kind, &[&str]); 8] = [
    (
        Kind::Date,
        &[
            "date",
            "timestamp",
            "datetime",
            "trade_date",
            "trading_day",
            "tradedate",
            "trading_date",
            "day",
            "time",
            "open_time",
            "datum",
            "fecha",
            "data",
            "dato",
            "date_time",
            "日付",
            "日期",
            "交易日期",
            "unix",
            "trade_time",
            "gmt_time",
            "local_time",
            "exchange_date",
            "as_of_date",
            "tradingday",
            "时间",
            "日付け",
            "date_utc",
            "date_gmt",
            "ds",
            "t",
            "timestamp_utc",
        ],
    ),
    (
        Kind::Open,
        &[
            "open",
            "1_open",
            "open_price",
            "opening_price",
            "o",
            "first",
            "px_open",
            "erster",
            "eroffnung",
            "eroffn",
            "eroffnungskurs",
            "ouv",
            "ouverture",
            "apertura",
            "abertura",
            "opening",
            "openingskoers",
            "otwarcie",
            "始値",
            "开盘",
            "开盘价",
            "anfang",
            "premier",
            "openprice",
            "priceopen",
            "open_prc",
            "开",
            "開盤",
            "openprc",
            "apertura_precio",
            "acilis",
            "oppna",
        ],
    ),
    (
        Kind::High,
        &[
            "high",
            "2_high",
            "high_price",
            "h",
            "max",
            "px_high",
            "hoch",
            "tageshoch",
            "hochst",
            "hochstkurs",
            "haut",
            "plus_haut",
            "maximo",
            "maxima",
            "massimo",
            "max_price",
            "hoog",
            "hoogste",
            "najwyzszy",
            "高値",
            "最高",
            "最高价",
            "highest",
            "highprice",
            "pricehigh",
            "askhi",
            "high_1",
            "高",
            "最高價",
            "hog",
            "yuksek",
        ],
    ),
    (
        Kind::Low,
        &[
            "low",
            "3_low",
            "low_price",
            "l",
            "min",
            "px_low",
            "tief",
            "tagestief",
            "tiefst",
            "tiefstkurs",
            "bas",
            "plus_bas",
            "minimo",
            "minima",
            "min_price",
            "laag",
            "laagste",
            "najnizszy",
            "安値",
            "最低",
            "最低价",
            "lowest",
            "lowprice",
            "pricelow",
            "bidlo",
            "low_1",
            "低",
            "最低價",
            "lag",
            "dusuk",
        ],
    ),
    (
        Kind::Close,
        &[
            "close",
            "4_close",
            "close_price",
            "closing_price",
            "c",
            "close_last",
            "px_last",
            "schlusskurs",
            "schluss",
            "clot",
            "cloture",
            "cierre",
            "chiusura",
            "fechamento",
            "slot",
            "slotkoers",
            "zamkniecie",
            "終値",
            "收盘",
            "收盘价",
            "last",
            "zuletzt",
            "dernier",
            "ultimo",
            "laatste",
            "price",
            "settle",
            "letzter",
            "closeprice",
            "priceclose",
            "prc",
            "trdprc_1",
            "收",
            "收盤",
            "ostatnio",
            "simdi",
            "senast",
            "close_close_price_adjusted_for_splits",
        ],
    ),
    (
        Kind::Volume,
        &[
            "volume",
            "vol",
            "5_volume",
            "6_volume",
            "v",
            "share_volume",
            "volume_shares",
            "shares",
            "no_of_shares",
            "total_volume",
            "px_volume",
            "tick_volume",
            "stuecke",
            "stucke",
            "stuck",
            "volumen",
            "volumes",
            "wolumen",
            "出来高",
            "成交量",
            "umsatz",
            "number_of_shares",
            "total_traded_quantity",
            "tickvol",
            "売買高",
            "成交量_股",
            "quantita",
            "交易量",
            "volym",
            "hacim",
            "total_traded_qty",
            "turnover_volume",
            "obrot",
            "umsatz_stuck",
            "acvol_uns",
            "売買高_株",
        ],
    ),
    (
        Kind::Adjusted,
        &[
            "adj_close",
            "adjusted_close",
            "adjclose",
            "adj_close_price",
            "5_adjusted_close",
            "close_adj",
            "終値調整値",
            "調整後終値",
        ],
    ),
    (
        Kind::Asset,
        &[
            "name",
            "symbol",
            "ticker",
            "stock",
            "asset",
            "tic",
            "isin",
            "code",
            "ts_code",
            "security",
            "security_code",
            "代码",
            "股票代码",
        ],
    ),
];

impl Kind {
    /// Its names, the more certain ones first.
    pub(super) fn names(self) -> &'static [&'static str] {
        let of = NAMES.iter().find(|(kind, _)| *kind == self);
        of.map_or(&[], |(_, names)| names)
    }

    /// Which column a normalised name is.
    pub(super) fn of(name: &str) -> Option<Self> {
        let of = NAMES.iter().find(|(_, names)| names.contains(&name));
        of.map(|(kind, _)| *kind)
    }
}

/// Names of a header as [`normalised`] writes them, without the ticker that programs put before or behind each of them: `SPY.Open`,
/// `Open_SPY`, `('Open', 'SPY')`. The tickers come with them, each once. Where columns without a ticker are complete, others are not theirs.
pub(super) fn of_header<'a>(fields: impl Iterator<Item = &'a str>) -> (Vec<String>, Vec<String>) {
    let names: Vec<String> = fields.map(normalised).collect();
    let kinds: Vec<Option<Kind>> = names.iter().map(|name| Kind::of(name)).collect();
    if PRICES.iter().all(|price| kinds.contains(&Some(*price))) {
        return (names, Vec::new());
    }
    let splits: Vec<Vec<(&str, &str)>> = names.iter().map(|name| with_ticker(name)).collect();
    let mut tickers: Vec<(&str, Vec<Kind>)> = Vec::new();
    for (ticker, rest) in splits.iter().flatten() {
        let Some(kind) = Kind::of(rest) else { continue };
        match tickers.iter_mut().find(|(known, _)| known == ticker) {
            Some((_, kinds)) if kinds.contains(&kind) => {}
            Some((_, kinds)) => kinds.push(kind),
            None => tickers.push((ticker, vec![kind])),
        }
    }
    tickers.retain(|(_, kinds)| PRICES.iter().all(|price| kinds.contains(price)));
    let is_known = |ticker: &str| tickers.iter().any(|(known, _)| *known == ticker);
    let plain = splits.iter().zip(&names).map(|(splits, name)| {
        let split = splits.iter().find(|(ticker, _)| is_known(ticker));
        split.map_or_else(|| name.clone(), |(_, rest)| (*rest).to_owned())
    });
    let plain = plain.collect();
    let tickers = tickers.into_iter().map(|(ticker, _)| ticker.to_owned());
    (plain, tickers.collect())
}

/// Columns that a ticker has at least.
const PRICES: [Kind; 4] = [Kind::Open, Kind::High, Kind::Low, Kind::Close];

/// The ways to take a name apart into a ticker and the name of a column.
fn with_ticker(name: &str) -> Vec<(&str, &str)> {
    let at = name.match_indices('_').map(|(at, _)| at);
    let parts = at.filter_map(|at| Some((name.get(..at)?, name.get(at + 1..)?)));
    parts
        .flat_map(|(first, last)| [(first, last), (last, first)])
        .filter(|(_, rest)| Kind::of(rest).is_some())
        .collect()
}

/// Whether a name is one of a column that an import looks for.
pub fn is_known(name: &str) -> bool {
    Kind::of(&normalised(name)).is_some()
}

/// Names of an index that a table was written with, which say nothing.
pub(super) fn is_index(name: &str) -> bool {
    [
        "",
        "index",
        "level_0",
        "index_level_0",
        "unnamed_0",
        "column_0",
        "x",
        "row",
    ]
    .contains(&name)
}

/// A name without case, accents, spaces, dots and brackets: `1. open`, `<OPEN>`, `Adj Close`, `Close/Last`, `Clôt`.
pub(super) fn normalised(name: &str) -> String {
    let mut normalised = String::new();
    for c in name.nfd().filter(|c| !is_combining_mark(*c)) {
        if c.is_alphanumeric() {
            normalised.extend(c.to_lowercase().map(|c| if c == 'ł' { 'l' } else { c }));
        } else if !normalised.is_empty() && !normalised.ends_with('_') {
            normalised.push('_');
        }
    }
    normalised.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_many_spellings() {
        for (name, kind) in [
            ("1. open", Some(Kind::Open)),
            ("<OPEN>", Some(Kind::Open)),
            ("Adj Close**", Some(Kind::Adjusted)),
            ("Close/Last", Some(Kind::Close)),
            ("Clôt.", Some(Kind::Close)),
            ("Eröffn.", Some(Kind::Open)),
            ("Último", Some(Kind::Close)),
            ("Stücke", Some(Kind::Volume)),
            ("Najwyższy", Some(Kind::High)),
            ("終値", Some(Kind::Close)),
            ("Trades", None),
            ("", None),
        ] {
            assert_eq!(Kind::of(&normalised(name)), kind, "{name}");
        }
        assert!(is_index(&normalised("__index_level_0__")) && is_index(&normalised("Unnamed: 0")));
    }

    #[test]
    fn a_ticker_in_each_name_is_taken_off() {
        let of = |names: [&'static str; 6]| of_header(names.into_iter());
        let plain = ["date", "open", "high", "low", "adj_close", "close"];
        for names in [
            [
                "Date",
                "SPY.Open",
                "SPY.High",
                "SPY.Low",
                "SPY.Adj Close",
                "SPY.Close",
            ],
            [
                "Date",
                "Open_BRK-B",
                "High_BRK-B",
                "Low_BRK-B",
                "Adj Close_BRK-B",
                "Close_BRK-B",
            ],
            [
                "('Date', '')",
                "('Open', 'SPY')",
                "('High', 'SPY')",
                "('Low', 'SPY')",
                "('Adj Close', 'SPY')",
                "('Close', 'SPY')",
            ],
        ] {
            let (found, tickers) = of(names);
            assert_eq!(found, plain, "{names:?}");
            assert_eq!(tickers.len(), 1, "{names:?}");
        }
        let (found, tickers) = of(["Date", "Open", "High", "Low", "Close", "Volume USD"]);
        assert!(tickers.is_empty() && found[5] == "volume_usd");
    }

    #[test]
    fn no_name_is_of_two_columns() {
        let mut all: Vec<&str> = NAMES
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        for name in &all {
            assert_eq!(&normalised(name), name);
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
