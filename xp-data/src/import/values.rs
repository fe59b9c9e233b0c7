//! Dates and numbers as foreign files write them.

use chrono::NaiveDate;

/// Formats of dates, the unambiguous ones first.
const FORMATS: [&str; 12] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%b %d, %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%m-%d-%Y",
];
/// Two formats that the same text may have.
const AMBIGUOUS: [&str; 2] = ["%m/%d/%Y", "%d/%m/%Y"];

/// A day in a format; a time after it (`2007-01-31 06:00:00`, `2007-01-31T00:00:00-05:00`) is dropped (F19).
pub(crate) fn day(text: &str, format: &str) -> Option<NaiveDate> {
    let day = match text.split_once('T') {
        Some((day, _)) if day.len() == 10 => day,
        _ if format.contains(' ') => text,
        _ => text.split_once(' ').map_or(text, |(day, _)| day),
    };
    // `%Y` takes any number of digits; a year has four.
    NaiveDate::parse_from_str(day, format)
        .ok()
        .filter(|date| (1800..2200).contains(&chrono::Datelike::year(date)))
}

/// The format that all dates have in common.
pub(crate) fn date_format(texts: &[&str]) -> Result<&'static str, DateFormatError> {
    let mut possible: Vec<&'static str> = FORMATS.to_vec();
    for (record, text) in texts.iter().enumerate() {
        let before = possible.clone();
        possible.retain(|format| day(text, format).is_some());
        if possible.is_empty() {
            return Err(DateFormatError::Mismatch {
                record,
                expected: if record == 0 {
                    "%Y-%m-%d"
                } else {
                    before.first().copied().unwrap_or("%Y-%m-%d")
                },
            });
        }
    }
    if AMBIGUOUS.iter().all(|format| possible.contains(format)) {
        // Only days up to the 12th: the format in which the dates are sorted is assumed.
        let is_sorted = |format: &str| {
            let days: Vec<_> = texts.iter().filter_map(|text| day(text, format)).collect();
            days.is_sorted() || days.iter().rev().is_sorted()
        };
        match AMBIGUOUS.map(is_sorted) {
            [true, false] => {}
            [false, true] => return Ok(AMBIGUOUS[1]),
            _ => return Err(DateFormatError::Ambiguous),
        }
    }
    possible.first().copied().ok_or(DateFormatError::Ambiguous)
}

/// Why dates have no format in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DateFormatError {
    /// A record's date has another format than those before it.
    Mismatch {
        record: usize,
        expected: &'static str,
    },
    /// Months and days are ambiguous.
    Ambiguous,
}

/// A number as plain digits: without currency signs and thousands separators, with K, M and B written out. The digits stay those of
/// the file, so that nothing is rounded.
pub(crate) fn number(text: &str) -> Result<Option<String>, &'static str> {
    let text = text.trim().trim_start_matches(['$', '€', '£']).trim();
    if is_absent(text) {
        return Ok(None);
    }
    let (digits, power) = match text.char_indices().last() {
        Some((at, 'K' | 'k')) => (&text[..at], 3),
        Some((at, 'M' | 'm')) => (&text[..at], 6),
        Some((at, 'B' | 'b')) => (&text[..at], 9),
        _ => (text, 0),
    };
    let digits = without_separators(digits.trim())?;
    let value: f64 = digits.parse().map_err(|_| "is not a number")?;
    if !value.is_finite() {
        return Err("is not finite");
    }
    if power == 0 {
        return Ok(Some(digits));
    }
    // The decimal point moves within the text: 1.35M is 1350000 exactly.
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    if fraction.len() > power
        || !(whole.to_owned() + fraction)
            .bytes()
            .all(|c| c.is_ascii_digit())
    {
        return Err("is not a number of thousands, millions or billions");
    }
    Ok(Some(format!(
        "{whole}{fraction}{}",
        "0".repeat(power - fraction.len())
    )))
}

/// Whether a text stands for a missing value.
fn is_absent(text: &str) -> bool {
    ["", "-", "null", "nan", "n/a", "na", "none"].contains(&text.to_lowercase().as_str())
}

/// `1,234,567.8` without its commas; a comma that does not separate three digits is refused, since 1,5 may be 1.5 or 15.
fn without_separators(text: &str) -> Result<String, &'static str> {
    if !text.contains(',') {
        return Ok(text.to_owned());
    }
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups
        .next()
        .is_some_and(|group| (1..=3).contains(&group.len()));
    if !first
        || !groups.all(|group| group.len() == 3)
        || fraction.is_some_and(|part| part.contains(','))
    {
        return Err("has a comma that does not separate thousands; write decimals with a point");
    }
    Ok(text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for (text, expected) in [
            ("1.50", Ok(Some("1.50"))),
            ("$1,234,567.8", Ok(Some("1234567.8"))),
            ("1.35M", Ok(Some("1350000"))),
            ("2B", Ok(Some("2000000000"))),
            ("1e3", Ok(Some("1e3"))),
            ("", Ok(None)),
            ("null", Ok(None)),
            ("N/A", Ok(None)),
            (
                "1,5",
                Err("has a comma that does not separate thousands; write decimals with a point"),
            ),
            (
                "12,34,567",
                Err("has a comma that does not separate thousands; write decimals with a point"),
            ),
            ("abc", Err("is not a number")),
            ("inf", Err("is not finite")),
            ("1e999", Err("is not finite")),
            (
                "1.23456K",
                Err("is not a number of thousands, millions or billions"),
            ),
        ] {
            let found = number(text);
            assert_eq!(
                found.as_ref().map(Option::as_deref).map_err(|e| *e),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn dates_have_one_form_in_a_file() {
        for (texts, expected) in [
            (&["2007-01-31", "2007-02-01"][..], Ok("%Y-%m-%d")),
            (&["2007-01-31 06:00:00"], Ok("%Y-%m-%d")),
            (&["2007-01-31T00:00:00-05:00"], Ok("%Y-%m-%d")),
            (&["20070131"], Ok("%Y%m%d")),
            (&["1/31/2007", "2/1/2007"], Ok("%m/%d/%Y")),
            (&["01/02/2007", "31/01/2007"], Ok("%d/%m/%Y")),
            (&["01/11/2007", "01/12/2007", "02/01/2007"], Ok("%m/%d/%Y")),
            (&["11/01/2007", "12/01/2007", "01/02/2007"], Ok("%d/%m/%Y")),
            (
                &["01/02/2007", "01/03/2007"],
                Err(DateFormatError::Ambiguous),
            ),
            (&["Jan 31, 2007"], Ok("%b %d, %Y")),
            (&["31-Jan-07"], Ok("%d-%b-%y")),
            (
                &["2007-01-31", "x"],
                Err(DateFormatError::Mismatch {
                    record: 1,
                    expected: "%Y-%m-%d",
                }),
            ),
            (
                &["2007-02-30"],
                Err(DateFormatError::Mismatch {
                    record: 0,
                    expected: "%Y-%m-%d",
                }),
            ),
        ] {
            let found = date_format(texts);
            assert_eq!(found, expected, "{texts:?}");
        }
    }
}
