//! How much of the training region is used: data as an axis of a study. The later part is kept, so that the border to validation stays.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// The part of the training region that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainPart {
    /// All bars after warm-up and before validation.
    #[default]
    Whole,
    /// The last of these bars: so many ten-thousandths of them, rounded up.
    Fraction(u16),
    /// Those of the last so many years before validation.
    Last(u16),
}

/// Largest number of years.
pub const MOST_YEARS: u16 = 500;

/// Names of the rules, as experiments write them.
pub mod names {
    /// `fraction(0.25)`.
    pub const FRACTION: &str = "fraction";
    /// `last("10y")`.
    pub const LAST: &str = "last";
}

impl TrainPart {
    /// Of a share above 0 and below 1 with at most four digits; absent for any other number.
    pub fn fraction(share: f64) -> Option<Self> {
        let parts = (share * 1e4).round();
        let exact = (parts / 1e4 - share).abs() < 1e-9;
        (exact && (1.0..1e4).contains(&parts)).then_some(Self::Fraction(parts as u16))
    }

    /// Of a text such as `10y`; absent for any other text.
    pub fn last(text: &str) -> Option<Self> {
        let digits = text.strip_suffix('y')?;
        let years: u16 = digits.parse().ok()?;
        // In its normal form only: equal experiments must not look different.
        (years.to_string() == digits && (1..=MOST_YEARS).contains(&years))
            .then_some(Self::Last(years))
    }

    /// Whether nothing is left out.
    pub fn is_whole(&self) -> bool {
        *self == Self::Whole
    }

    /// First day of the part; `rows` are the days of the bars after warm-up, ascending, `val` is the first day of validation. Absent where
    /// there is no bar before validation, or where the years reach to the first of them or beyond, so that nothing is left out.
    pub fn first_day(self, rows: &[NaiveDate], val: NaiveDate) -> Option<NaiveDate> {
        let before = rows.partition_point(|day| *day < val);
        let first = match self {
            Self::Whole => 0,
            Self::Fraction(parts) => {
                let kept = (before as u64 * u64::from(parts)).div_ceil(10_000);
                before - usize::try_from(kept).unwrap_or(before).min(before)
            }
            Self::Last(years) => {
                let from = val.checked_sub_months(Months::new(u32::from(years) * 12))?;
                match rows.partition_point(|day| *day < from) {
                    0 => return None,
                    first => first,
                }
            }
        };
        rows.get(first).filter(|_| first < before).copied()
    }

    /// Last part of an experiment's name that tells it from others, such as `d25` or `d10y`.
    pub fn variant(self) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::Fraction(parts) if parts % 100 == 0 => Some(format!("d{}", parts / 100)),
            Self::Fraction(parts) => Some(format!("d{parts:04}")),
            Self::Last(years) => Some(format!("d{years}y")),
        }
    }
}

impl std::fmt::Display for TrainPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole => f.write_str("whole"),
            Self::Fraction(parts) => write!(f, "{}({})", names::FRACTION, f64::from(*parts) / 1e4),
            Self::Last(years) => write!(f, "{}(\"{years}y\")", names::LAST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_later_part_is_kept_to_the_day() {
        let rows: Vec<NaiveDate> = (0..10)
            .map(|k| day("2000-01-03") + Months::new(12 * k))
            .collect();
        let val = day("2008-01-03");
        for (part, expected) in [
            (TrainPart::Whole, Some("2000-01-03")),
            // Of eight rows.
            (TrainPart::Fraction(2500), Some("2006-01-03")),
            (TrainPart::Fraction(2501), Some("2005-01-03")),
            (TrainPart::Fraction(1), Some("2007-01-03")),
            (TrainPart::Last(3), Some("2005-01-03")),
            (TrainPart::Last(7), Some("2001-01-03")),
            (TrainPart::Last(8), None),
            (TrainPart::Last(500), None),
        ] {
            assert_eq!(part.first_day(&rows, val), expected.map(day), "{part}");
        }
        assert_eq!(TrainPart::Whole.first_day(&rows, day("1999-01-01")), None);
        assert_eq!(TrainPart::Fraction(5000).first_day(&[], val), None);
    }

    #[test]
    fn parts_are_read_in_one_spelling() {
        assert_eq!(TrainPart::fraction(0.25), Some(TrainPart::Fraction(2500)));
        assert_eq!(TrainPart::fraction(0.0625), Some(TrainPart::Fraction(625)));
        for wrong in [0.0, 1.0, -0.5, 1.5, 0.333_333, f64::NAN, f64::INFINITY] {
            assert_eq!(TrainPart::fraction(wrong), None, "{wrong}");
        }
        assert_eq!(TrainPart::last("10y"), Some(TrainPart::Last(10)));
        for wrong in ["10", "y", "010y", "0y", "501y", "-1y", "1.5y", "10 y", ""] {
            assert_eq!(TrainPart::last(wrong), None, "{wrong}");
        }
        for (part, text, variant) in [
            (TrainPart::Fraction(2500), "fraction(0.25)", "d25"),
            (TrainPart::Fraction(625), "fraction(0.0625)", "d0625"),
            (TrainPart::Last(10), "last(\"10y\")", "d10y"),
        ] {
            assert_eq!(part.to_string(), text);
            assert_eq!(part.variant().as_deref(), Some(variant));
        }
    }
}
