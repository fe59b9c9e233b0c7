//! The time of the day and the offset from UTC that may follow a date.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone as _, Utc};

use super::zone::Zone;

/// A date as a file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The date as written, which is that at the exchange where an offset is.
    pub(super) date: NaiveDate,
    pub(super) time: Option<NaiveTime>,
    pub(super) offset: Option<FixedOffset>,
}

impl Stamp {
    /// An instant in UTC.
    pub(super) fn utc(instant: DateTime<Utc>) -> Self {
        Self {
            date: instant.date_naive(),
            time: Some(instant.time()),
            offset: FixedOffset::east_opt(0),
        }
    }

    /// Whether it is an instant in UTC.
    pub(super) fn is_utc(&self) -> bool {
        self.offset
            .is_some_and(|offset| offset.local_minus_utc() == 0)
    }

    /// Whether a time of the day is written.
    pub(super) fn is_timed(&self) -> bool {
        self.time.is_some()
    }

    /// The date at this instant in a zone; absent where it is no instant.
    pub(super) fn day_in(&self, zone: Zone) -> Option<NaiveDate> {
        let local = self.date.and_time(self.time?);
        let instant = self.offset?.from_local_datetime(&local).single()?;
        Some(zone.date(instant.to_utc()))
    }
}

/// What follows a date: nothing, or a time, or a time and an offset. Absent where it is something else.
pub(super) fn time_and_offset(rest: &str) -> Option<(Option<NaiveTime>, Option<FixedOffset>)> {
    if rest.is_empty() {
        return Some((None, None));
    }
    let rest = rest.strip_prefix(['T', ' ', ','])?.trim();
    let (time, rest) = time(rest)?;
    let rest = rest.trim();
    let rest = rest.split('[').next().unwrap_or_default().trim();
    let offset = match rest {
        "" => None,
        "Z" | "z" | "UTC" | "GMT" => FixedOffset::east_opt(0),
        // A zone such as EST or America/New_York is that of the exchange, whose date stands there.
        word if word.starts_with(|c: char| c.is_ascii_uppercase())
            && word
                .chars()
                .all(|c| c.is_ascii_alphabetic() || c == '/' || c == '_') =>
        {
            None
        }
        signed => Some(offset(signed)?),
    };
    Some((Some(time), offset))
}

/// A time of the day in 24 or 12 hours, with or without seconds, and what follows it.
fn time(text: &str) -> Option<(NaiveTime, &str)> {
    ["%I:%M:%S %p", "%I:%M %p", "%H:%M:%S%.f", "%H:%M", "%H%M%S"]
        .iter()
        .find_map(|format| NaiveTime::parse_and_remainder(text, format).ok())
}

/// `+02:00`, `-0500`, `+09`.
fn offset(text: &str) -> Option<FixedOffset> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let digits: String = text.chars().skip(1).filter(|c| *c != ':').collect();
    let is_digits = digits.bytes().all(|c| c.is_ascii_digit());
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i32>().ok();
    let (hours, minutes) = match digits.len() {
        2 if is_digits => (number(0..2)?, 0),
        4 if is_digits => (number(0..2)?, number(2..4)?),
        _ => return None,
    };
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    #[test]
    fn offsets_are_read_or_nothing_is() {
        for (rest, seconds) in [
            (" 00:00:00", None),
            (" 00:00:00-05:00", Some(-18000)),
            ("T16:00+0530", Some(19800)),
            (" 22:00:00+00:00", Some(0)),
            ("T22:00:00Z", Some(0)),
            (" 09:30:00 EST", None),
            (" 00:00:00+09:00[Asia/Tokyo]", Some(32400)),
        ] {
            let (time, offset) = time_and_offset(rest).unwrap();
            assert!(time.is_some());
            assert_eq!(
                offset.map(|offset| offset.local_minus_utc()),
                seconds,
                "{rest}"
            );
        }
        for rest in ["x", " noon", " 10:00 +5", " 10:00+99:99", "10:00"] {
            assert_eq!(time_and_offset(rest), None, "{rest}");
        }
    }
}
