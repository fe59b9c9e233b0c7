//! A quiet market, the ways to write it, and what reading it must give.

use std::{io::Write as _, path::Path};

use chrono::{Days, NaiveDate};
use xp_bars::{
    Bars, BarsError, Severity,
    checks::inspect,
    price_file::{Content, Converted, Options, content, from_text},
};

/// A day's prices and volume.
pub(crate) type Bar = (NaiveDate, [f64; 4], u64);

/// What reading a file must give.
pub(crate) enum Expected {
    /// The bars that it was made from.
    Same,
    /// The same, and a finding of this check, whose text has a part.
    Finding(&'static str, &'static str),
    /// Bars, and a finding; what they are is the finding's matter.
    Warning(&'static str, &'static str),
    /// An error, or a finding of severity error, with a part.
    Refused(&'static str),
}

/// A file, how it is read, and what that must give.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) options: Options,
    pub(crate) expected: Expected,
    pub(crate) bars: Vec<Bar>,
}

/// 600 weekdays of a quiet market around 120, with the prices of two decimals and volumes of millions.
pub(crate) fn bars() -> Vec<Bar> {
    let first: NaiveDate = "2005-06-06".parse().unwrap();
    let cents = |x: f64| (x * 100.0).round() / 100.0;
    (0..840)
        .map(|day| first + Days::new(day))
        .filter(|day| !xp_bars::checks::is_weekend(*day))
        .enumerate()
        .map(|(t, day)| {
            let wave = (t as f64 * 0.7).sin();
            let close = cents(120.0 + wave);
            let open = cents(close - 0.17);
            let high = cents(close + 0.33 + 0.01 * (t % 7) as f64);
            let low = cents(open - 0.41);
            (day, [open, high, low, close], 40_000_000 + 1_234 * t as u64)
        })
        .collect()
}

pub(crate) fn times(factor: f64, decimals: usize) -> Vec<Bar> {
    let rounded = |x: f64| format!("{:.decimals$}", x * factor).parse().unwrap();
    let scaled = bars().into_iter();
    scaled
        .map(|(day, prices, volume)| (day, prices.map(rounded), volume))
        .collect()
}

/// How a file writes its dates, prices and volumes.
pub(crate) struct Form<'a> {
    pub(crate) head: &'a str,
    pub(crate) separator: &'a str,
    pub(crate) date: &'a dyn Fn(NaiveDate) -> String,
    pub(crate) price: &'a dyn Fn(f64) -> String,
    pub(crate) volume: &'a dyn Fn(u64) -> String,
    pub(crate) end: &'a str,
}

pub(crate) const PLAIN: Form<'static> = Form {
    head: "Date,Open,High,Low,Close,Volume",
    separator: ",",
    date: &|day| day.to_string(),
    price: &|price| format!("{price:.2}"),
    volume: &|volume| volume.to_string(),
    end: "\n",
};

pub(crate) fn text(bars: &[Bar], form: &Form<'_>) -> String {
    let mut text = form.head.to_owned() + form.end;
    for (day, prices, volume) in bars {
        let mut fields = vec![(form.date)(*day)];
        fields.extend(prices.iter().map(|price| (form.price)(*price)));
        fields.push((form.volume)(*volume));
        text.push_str(&(fields.join(form.separator) + form.end));
    }
    text
}

/// Digits before the point in groups of three, and the decimals behind a mark.
pub(crate) fn grouped(value: f64, decimals: usize, separator: &str, mark: &str) -> String {
    let plain = format!("{value:.decimals$}");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    if fraction.is_empty() {
        text
    } else {
        text + mark + fraction
    }
}

pub(crate) fn indian(value: u64) -> String {
    let digits = value.to_string();
    let (head, tail) = digits.split_at(digits.len() - 3);
    let mut text = String::new();
    for (at, digit) in head.chars().enumerate() {
        if at > 0 && (head.len() - at).is_multiple_of(2) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("\"{text},{tail}\"")
}

pub(crate) fn today() -> NaiveDate {
    "2026-11-30".parse().unwrap()
}

pub(crate) fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn read(path: &Path, bytes: Vec<u8>, options: &Options) -> Result<Converted, BarsError> {
    match content(path, bytes)? {
        Content::Text(text, findings) => {
            let mut converted = from_text(path, &text, options)?;
            converted.findings.extend(findings);
            Ok(converted)
        }
        Content::Parquet(_) => panic!("no parquet here"),
    }
}

pub(crate) fn assert_same(name: &str, found: &Bars, expected: &[Bar]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (t, (day, prices, volume)) in expected.iter().enumerate() {
        let read = [found.open[t], found.high[t], found.low[t], found.close[t]];
        let near = read.iter().zip(prices).all(|(a, b)| (a - b).abs() < 1e-9);
        assert_eq!(found.date[t], *day, "{name}");
        assert!(near, "{name}: {day} {read:?} is not {prices:?}");
        assert!(
            (found.volume[t] - *volume as f64).abs() < 1e-6,
            "{name}: {day}"
        );
    }
}

pub(crate) fn case(name: &'static str, bytes: impl Into<Vec<u8>>, expected: Expected) -> Case {
    Case {
        name,
        bytes: bytes.into(),
        options: Options::new(today()),
        expected,
        bars: bars(),
    }
}

pub(crate) fn check(cases: Vec<Case>) {
    for Case {
        name,
        bytes,
        options,
        expected,
        bars,
    } in cases
    {
        let read = read(Path::new("file.csv"), bytes, &options);
        let findings = |converted: &Converted| {
            let mut all = converted.findings.clone();
            all.extend(inspect(&converted.bars));
            all
        };
        use Expected::{Finding, Refused, Same, Warning};
        match (expected, read) {
            (Same, Ok(converted)) => {
                assert_same(name, &converted.bars, &bars);
                let worse: Vec<_> = findings(&converted)
                    .into_iter()
                    .filter(|f| {
                        f.severity != Severity::Note
                            && !["short", "volume-missing"].contains(&f.check)
                    })
                    .collect();
                assert!(worse.is_empty(), "{name}: {worse:?}");
            }
            (Finding(check, part), Ok(converted)) => {
                assert_same(name, &converted.bars, &bars);
                let all = findings(&converted);
                let found = all
                    .iter()
                    .any(|f| f.check == check && f.found.contains(part));
                assert!(found, "{name}: {all:?}");
            }
            (Warning(check, part), Ok(converted)) => {
                let all = findings(&converted);
                let found = all.iter().any(|f| {
                    f.check == check && f.severity == Severity::Warning && f.found.contains(part)
                });
                assert!(found, "{name}: {all:?}");
            }
            (Refused(part), Ok(converted)) => {
                let all = findings(&converted);
                let found = all
                    .iter()
                    .any(|f| f.severity == Severity::Error && f.found.contains(part));
                assert!(found, "{name} was accepted: {all:?}");
            }
            (Refused(part), Err(error)) => {
                let error = error.to_string();
                assert!(error.contains(part), "{name}: {error}");
            }
            (_, Err(error)) => panic!("{name}: {error}"),
        }
    }
}

/// The plain file with another beginning.
pub(crate) fn behind(start: &str) -> String {
    start.to_owned() + &text(&bars(), &PLAIN)
}

pub(crate) fn body_with(head: &str, rows: &str) -> String {
    format!("{head}\n{rows}")
}
