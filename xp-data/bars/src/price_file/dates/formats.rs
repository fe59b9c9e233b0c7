//! Formats of dates. [`FORMATS`] is their one registration place.

use chrono::{DateTime, Datelike as _, NaiveDate};

use super::instant::{Stamp, time_and_offset};

/// A format of dates, in the notation of strftime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format(&'static str);

/// The unambiguous ones first.
pub(super) const FORMATS: [Format; 20] = [
    Format("%Y-%m-%d"),
    Format("%Y/%m/%d"),
    Format("%Y.%m.%d"),
    Format("%Y%m%d"),
    Format("%B %d, %Y"),
    Format("%d %B %Y"),
    Format("%d-%B-%Y"),
    Format("%B-%d-%Y"),
    Format("%d-%B-%y"),
    Format("%d %B %y"),
    Format("%m/%d/%Y"),
    Format("%d/%m/%Y"),
    Format("%d.%m.%Y"),
    Format("%m-%d-%Y"),
    Format("%d-%m-%Y"),
    Format("%y-%m-%d"),
    Format("%m/%d/%y"),
    Format("%d/%m/%y"),
    Format("%d.%m.%y"),
    Format("%y%m%d"),
];

/// Names of days that may stand before a date.
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Format {
    /// Its notation.
    pub(super) fn name(self) -> &'static str {
        self.0
    }

    /// Whether its years have two digits.
    pub(super) fn is_short(self) -> bool {
        self.0.contains("%y")
    }
}

/// A date, and what follows it, in a format.
pub(super) fn read(text: &str, format: &Format) -> Option<Stamp> {
    let (date, rest) = NaiveDate::parse_and_remainder(without_weekday(text), format.0).ok()?;
    // `%Y` takes any number of digits; a year has four, or two with `%y`.
    let has_year = (1800..2200).contains(&date.year());
    let (time, offset) = time_and_offset(rest)?;
    has_year.then_some(Stamp { date, time, offset })
}

/// An instant as a whole number of seconds, milliseconds, microseconds or nanoseconds since 1970.
pub(super) fn epoch(text: &str) -> Option<Stamp> {
    let divisor: i64 = match text.len() {
        9 | 10 => 1,
        12 | 13 => 1_000,
        15 | 16 => 1_000_000,
        18 | 19 => 1_000_000_000,
        _ => return None,
    };
    let is_whole = text.bytes().all(|c| c.is_ascii_digit());
    let seconds = text.parse::<i64>().ok().filter(|_| is_whole)? / divisor;
    let instant = DateTime::from_timestamp(seconds, 0)?;
    Some(Stamp::utc(instant))
}

fn without_weekday(text: &str) -> &str {
    let word = text.split([' ', ',']).next().unwrap_or_default();
    let start = word.get(..3).unwrap_or_default().to_lowercase();
    let is_weekday = word.chars().all(char::is_alphabetic) && WEEKDAYS.contains(&start.as_str());
    match text.strip_prefix(word) {
        Some(rest) if is_weekday => rest.trim_start_matches([' ', ',']),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    #[test]
    fn dates_are_read_with_what_follows_them() {
        for (text, format) in [
            ("2007-01-31", "%Y-%m-%d"),
            ("2007-01-31 06:00:00", "%Y-%m-%d"),
            ("2007-01-31T00:00:00-05:00", "%Y-%m-%d"),
            ("2007-01-31T00:00:00.000Z", "%Y-%m-%d"),
            ("20070131", "%Y%m%d"),
            ("Jan 31, 2007", "%B %d, %Y"),
            ("January 31, 2007", "%B %d, %Y"),
            ("Wed, 31 Jan 2007", "%d %B %Y"),
            ("1/31/2007 16:00:00", "%m/%d/%Y"),
            ("1/31/2007 4:00 PM", "%m/%d/%Y"),
        ] {
            let format = FORMATS.iter().find(|known| known.name() == format).unwrap();
            let found = read(text, format).map(|stamp| stamp.date.to_string());
            assert_eq!(found.as_deref(), Some("2007-01-31"), "{text}");
        }
        for text in [
            "2007-02-30",
            "2007-1-",
            "2007-01-31x",
            "2007-01-31 25:00",
            "yesterday",
            "",
        ] {
            assert!(
                FORMATS.iter().all(|format| read(text, format).is_none()),
                "{text}"
            );
        }
        for text in ["1170201600", "1170201600000", "1170201600000000000"] {
            assert_eq!(
                epoch(text).unwrap().date.to_string(),
                "2007-01-31",
                "{text}"
            );
        }
        assert!(epoch("20070131").is_none() && epoch("-117020160").is_none());
    }
}
