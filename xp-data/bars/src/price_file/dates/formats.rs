//! Formats of dates. [`FORMATS`] is their one registration place.

use chrono::{DateTime, Datelike as _, NaiveDate};

use super::instant::{Stamp, time_and_offset};

/// A format of dates, in the notation of strftime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format(&'static str);

/// The unambiguous ones first.
pub(super) const FORMATS: [Format; 27] = [
    Format("%Y-%m-%d"),
    Format("%Y/%m/%d"),
    Format("%Y.%m.%d"),
    Format("%Y%m%d"),
    Format("%B %d, %Y"),
    Format("%d %B %Y"),
    Format("%d-%B-%Y"),
    Format("%B-%d-%Y"),
    Format("%B %d %Y"),
    Format("%d/%B/%Y"),
    Format("%Y-%B-%d"),
    Format("%d-%B-%y"),
    Format("%d %B %y"),
    Format("%m/%d/%Y"),
    Format("%d/%m/%Y"),
    Format("%d.%m.%Y"),
    Format("%m-%d-%Y"),
    Format("%d-%m-%Y"),
    Format("%y-%m-%d"),
    Format("%d-%m-%y"),
    Format("%m-%d-%y"),
    Format("%y/%m/%d"),
    Format("%y.%m.%d"),
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
    let text = plain(text);
    let (date, rest) = NaiveDate::parse_and_remainder(without_weekday(&text), format.0).ok()?;
    // `%Y` takes any number of digits; a year has four, or two with `%y`. Digits alone are a date if all are there.
    let has_year = (1800..2200).contains(&date.year());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let is_whole = match format.0 {
        "%Y%m%d" => digits == 8,
        "%y%m%d" => digits == 6,
        _ => true,
    };
    let (time, offset) = time_and_offset(rest)?;
    (has_year && is_whole).then_some(Stamp { date, time, offset })
}

/// A date without what some languages put around its parts: `2007年1月31日`, `31.01.2007.`, `1 Sept 2007`.
fn plain(text: &str) -> String {
    let text = text.trim().trim_end_matches(['.', '日']);
    text.replace(['年', '月'], "-").replace("Sept ", "Sep ")
}

/// An instant as a whole number of seconds, milliseconds, microseconds or nanoseconds since 1970; a number of 12 or 14 digits that is
/// a date and a time is that.
pub(super) fn epoch(text: &str) -> Option<Stamp> {
    let divisor: i64 = match text.len() {
        9 | 10 => 1,
        12 | 13 => 1_000,
        14 => 0,
        15 | 16 => 1_000_000,
        18 | 19 => 1_000_000_000,
        _ => return None,
    };
    let is_whole = text.bytes().all(|c| c.is_ascii_digit());
    let number = text.parse::<i64>().ok().filter(|_| is_whole)?;
    if let (12 | 14, Some(stamp)) = (text.len(), digits(text)) {
        return Some(stamp);
    }
    let instant = DateTime::from_timestamp(number.checked_div(divisor)?, 0)?;
    Some(Stamp::utc(instant))
}

/// `20070131160000` or without seconds.
fn digits(text: &str) -> Option<Stamp> {
    let (date, time) = text.split_at_checked(8)?;
    let date = NaiveDate::parse_from_str(date, "%Y%m%d").ok()?;
    let (time, _) = time_and_offset(&format!(" {}:{}", time.get(..2)?, time.get(2..4)?))?;
    let has_year = (1900..2100).contains(&date.year());
    has_year.then_some(Stamp {
        date,
        time,
        offset: None,
    })
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
