//! One number as foreign files write it, with one decimal mark or the other.

/// The mark before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decimal {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

impl Decimal {
    /// The mark.
    pub(super) fn mark(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// The mark of the other, which separates groups of digits here.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// A number as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// Plain digits with a decimal point; the digits are those of the file.
    pub(super) digits: String,
    /// Number of digits before the decimals.
    pub(super) whole: usize,
    pub(super) has_decimals: bool,
    pub(super) groups: Option<Groups>,
    /// Whether it could not have been written with the other mark: 1,25 or 1.234,5.
    pub(super) is_certain: bool,
}

/// Groups of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Groups {
    pub(super) separator: char,
    pub(super) size: Size,
    /// Whether the separator appears once, where it may be a decimal mark before three digits.
    pub(super) is_single: bool,
}

/// How many digits the groups before the last one have; the last one has three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// 1,234,567
    Three,
    /// 12,34,567, as in India
    Two,
    /// There is but one group of three behind one or two digits, as both write it.
    Either,
}

/// Marks of currencies before or behind a number.
const CURRENCIES: [char; 8] = ['$', '€', '£', '¥', '₹', '₽', '₩', '元'];

/// Reads a number; absent where the text stands for a missing value. Only a volume may have a letter for thousands, millions or billions: behind
/// a price, letters are marks of how it came about.
pub(super) fn number(
    text: &str,
    decimal: Decimal,
    is_volume: bool,
) -> Result<Option<Number>, &'static str> {
    let text = text.trim();
    if is_absent(text) {
        return Ok(None);
    }
    let text = text.trim_matches(|c: char| CURRENCIES.contains(&c) || c.is_whitespace());
    let (text, power) = if is_volume {
        multiplier(text)
    } else {
        (text, 0)
    };
    let (sign, text) = match text.chars().next() {
        Some('-' | '\u{2212}') => ("-", text.trim_start_matches(['-', '\u{2212}'])),
        Some('+') => ("", text.trim_start_matches('+')),
        _ => ("", text),
    };
    let (text, exponent) = match text.find(['e', 'E']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    if text.chars().all(char::is_alphabetic) && text.parse::<f64>().is_ok() {
        return Err("is not finite");
    }
    let (whole, fraction) = match text.split_once(decimal.mark()) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let groups = groups(whole, decimal)?;
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if fraction.is_some_and(|fraction| !fraction.bytes().all(|c| c.is_ascii_digit())) {
        return Err(match decimal {
            Decimal::Point => "is not a number",
            Decimal::Comma => "is not a number with a decimal comma",
        });
    }
    let decimals = fraction.unwrap_or_default();
    if digits.is_empty() && decimals.is_empty() {
        return Err("is not a number");
    }
    let is_certain = fraction.is_some_and(|decimals| {
        decimals.len() != 3 || groups.is_some() || digits.is_empty() || digits.len() > 3
    }) || groups.is_some_and(|groups| !groups.is_single);
    Ok(Some(Number {
        whole: digits.len(),
        has_decimals: fraction.is_some(),
        digits: scaled(sign, &digits, fraction, exponent, power)?,
        groups,
        is_certain,
    }))
}

/// Sign, digits and exponent as plain text. The decimal point moves within the text: 1.35M is 1350000 exactly.
fn scaled(
    sign: &str,
    whole: &str,
    fraction: Option<&str>,
    exponent: &str,
    power: usize,
) -> Result<String, &'static str> {
    let text = if power == 0 {
        match fraction {
            Some(decimals) => format!("{sign}{whole}.{decimals}{exponent}"),
            None => format!("{sign}{whole}{exponent}"),
        }
    } else {
        let decimals = fraction.unwrap_or_default();
        if decimals.len() > power || !exponent.is_empty() {
            return Err("is not a number of thousands, millions or billions");
        }
        format!(
            "{sign}{whole}{decimals}{}",
            "0".repeat(power - decimals.len())
        )
    };
    match text.parse::<f64>() {
        Err(_) => Err("is not a number"),
        Ok(value) if !value.is_finite() => Err("is not finite"),
        Ok(_) => Ok(text),
    }
}

/// The power of ten that a last letter stands for.
fn multiplier(text: &str) -> (&str, usize) {
    let power = match text.chars().next_back() {
        Some('K' | 'k') => 3,
        Some('M' | 'm') => 6,
        Some('B' | 'b') => 9,
        Some('T' | 't') => 12,
        _ => return (text, 0),
    };
    (
        text.get(..text.len() - 1).unwrap_or_default().trim_end(),
        power,
    )
}

/// Words for a missing value.
const ABSENT: [&str; 24] = [
    "", "null", "(null)", "nan", "nat", "n/a", "#n/a", "#n/a n/a", "na", "<na>", "n/d", "nd",
    "n.a.", "none", "nil", "#value!", "#num!", "#div/0!", "#ref!", ".", "?", "\\n", "#name?",
    "missing",
];

/// Whether a text stands for a missing value.
fn is_absent(text: &str) -> bool {
    let is_dash = |c: char| ['-', '–', '—', '\u{2212}'].contains(&c);
    text.chars().all(is_dash) || ABSENT.contains(&text.to_lowercase().as_str())
}

const NO_GROUPS: &str = "has a comma that does not separate thousands; write decimals with a point";

/// The groups of the digits before the decimals; absent where they are not grouped. A group that begins with 0 is refused, since 0,450
/// may be a price below one.
fn groups(whole: &str, decimal: Decimal) -> Result<Option<Groups>, &'static str> {
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else {
        return Ok(None);
    };
    let is_separator = separator == decimal.other().mark()
        || ['\'', '\u{2019}', '_'].contains(&separator)
        || separator.is_whitespace();
    if !is_separator {
        return Err("is not a number");
    }
    let fault = match (separator, decimal) {
        (',', _) => NO_GROUPS,
        ('.', _) => "has a point that does not separate thousands, in a file with decimal commas",
        _ => "has digits in groups that are not of three",
    };
    let lengths: Option<Vec<usize>> = whole
        .split(separator)
        .map(|group| {
            group
                .bytes()
                .all(|c| c.is_ascii_digit())
                .then_some(group.len())
        })
        .collect();
    let Some(lengths) = lengths else {
        if whole.contains(char::is_alphabetic) {
            return Err("is not a number");
        }
        return Err("mixes separators of thousands");
    };
    let [first, between @ .., 3] = lengths.as_slice() else {
        return Err(fault);
    };
    if whole.starts_with('0') {
        return Err(
            "begins with a 0 that a group of three digits follows: it may be a price below one with a decimal comma, or thousands",
        );
    }
    let size = match (*first, between) {
        (1 | 2, []) => Size::Either,
        (1..=3, between) if between.iter().all(|length| *length == 3) => Size::Three,
        (1 | 2, between) if between.iter().all(|length| *length == 2) => Size::Two,
        _ => return Err(fault),
    };
    Ok(Some(Groups {
        separator,
        size,
        is_single: between.is_empty(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        use Decimal::{Comma, Point};
        for (text, decimal, expected) in [
            ("1.50", Point, Ok(Some("1.50"))),
            ("$1,234,567.8", Point, Ok(Some("1234567.8"))),
            ("1.35M", Point, Ok(Some("1350000"))),
            ("1,35M", Comma, Ok(Some("1350000"))),
            ("2B", Point, Ok(Some("2000000000"))),
            ("1e3", Point, Ok(Some("1e3"))),
            ("2,5E+06", Comma, Ok(Some("2.5E+06"))),
            (".5", Point, Ok(Some(".5"))),
            ("-0.5", Point, Ok(Some("-0.5"))),
            ("\u{2212}3", Point, Ok(Some("-3"))),
            ("1.234,50 €", Comma, Ok(Some("1234.50"))),
            ("1'234.5", Point, Ok(Some("1234.5"))),
            ("1’234,5", Comma, Ok(Some("1234.5"))),
            ("1\u{202f}234\u{202f}567,5", Comma, Ok(Some("1234567.5"))),
            ("1\u{a0}234", Comma, Ok(Some("1234"))),
            ("12,34,567", Point, Ok(Some("1234567"))),
            ("1,23,45,678.5", Point, Ok(Some("12345678.5"))),
            ("", Point, Ok(None)),
            ("null", Point, Ok(None)),
            ("#N/A", Point, Ok(None)),
            ("--", Point, Ok(None)),
            ("N/D", Point, Ok(None)),
            ("1,5", Point, Err(NO_GROUPS)),
            ("1234,567", Point, Err(NO_GROUPS)),
            ("1,234,56", Point, Err(NO_GROUPS)),
            ("12,345,67,890", Point, Err(NO_GROUPS)),
            ("1.2.3", Point, Err("is not a number")),
            ("1'234,567.8", Point, Err("mixes separators of thousands")),
            ("abc", Point, Err("is not a number")),
            ("", Comma, Ok(None)),
            ("inf", Point, Err("is not finite")),
            ("1e999", Point, Err("is not finite")),
            (
                "1.23456K",
                Point,
                Err("is not a number of thousands, millions or billions"),
            ),
        ] {
            let found = number(text, decimal, true);
            let digits = found
                .as_ref()
                .map(|n| n.as_ref().map(|n| n.digits.as_str()));
            assert_eq!(digits.map_err(|e| *e), expected, "{text}");
        }
        assert_eq!(number("1.35M", Point, false), Err("is not a number"));
        let zero = number("0,450", Decimal::Point, false).unwrap_err();
        assert!(zero.contains("begins with a 0"), "{zero}");
        assert!(
            number("1,234", Decimal::Point, false).is_ok_and(|n| n.is_some_and(|n| !n.is_certain))
        );
    }
}
