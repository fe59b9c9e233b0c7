//! Durations as people write them ("4h", "90m", "30s") and read them.

/// Seconds of a duration; `None` where it is none, or not above 0.
pub fn parse_duration(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        _ => return None,
    };
    number
        .parse::<u64>()
        .ok()?
        .checked_mul(seconds)
        .filter(|seconds| *seconds > 0)
}

/// Longest time of a run, seconds: a year.
const LONGEST: u64 = 366 * 24 * 3600;

/// Seconds of a run's time limit; the error has what is wrong and what would be right.
pub fn parse_timeout(text: &str) -> Result<u64, (String, &'static str)> {
    match parse_duration(text) {
        Some(seconds) if seconds <= LONGEST => Ok(seconds),
        Some(_) => Err((
            format!("\"{text}\" is longer than a year"),
            "such as \"4h\" or \"168h\"",
        )),
        None => Err((
            format!("\"{text}\" is no duration"),
            "such as \"4h\", \"90m\" or \"30s\"",
        )),
    }
}

/// A duration as it is specified: `4h`, `90m`, `100s`.
pub fn specified(seconds: u64) -> String {
    match seconds {
        s if s.is_multiple_of(3600) => format!("{}h", s / 3600),
        s if s.is_multiple_of(60) => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

/// An estimated duration for people, with one to three or three digits: `40 s`, `12 min`, `3.5 h`, `35 days`.
pub fn readable(seconds: f64) -> String {
    match seconds {
        s if s < 89.5 => format!("{s:.0} s"),
        s if s < 89.5 * 60.0 => format!("{:.0} min", s / 60.0),
        s if s < 72.0 * 3600.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_duration, parse_timeout, readable, specified};

    #[test]
    fn a_specified_duration_is_read_back() {
        for text in ["4h", "90m", "100s", "1h", "5m"] {
            assert_eq!(specified(parse_duration(text).unwrap()), text);
        }
    }

    #[test]
    fn durations_have_the_unit_of_their_size() {
        for (seconds, expected) in [
            (0.4, "0 s"),
            (89.0, "89 s"),
            (89.6, "1 min"),
            (600.0, "10 min"),
            (5400.0, "1.5 h"),
            (14_400.0, "4.0 h"),
            (3.0e6, "35 days"),
        ] {
            assert_eq!(readable(seconds), expected);
        }
    }

    #[test]
    fn a_timeout_is_a_year_at_most() {
        assert_eq!(parse_timeout("168h"), Ok(604_800));
        assert!(parse_timeout("8785h").unwrap_err().0.ends_with("a year"));
        assert!(parse_timeout("5000000000000000h").is_err());
        assert!(parse_timeout("4").unwrap_err().0.ends_with("no duration"));
    }

    #[test]
    fn units_are_hours_minutes_seconds() {
        let texts = [
            "4h",
            "90m",
            "30s",
            "0h",
            "h",
            "",
            "4",
            "-1h",
            "4 h",
            "99999999999999999999h",
            "é",
        ];
        let expected = [Some(14_400), Some(5400), Some(30)];
        for (position, text) in texts.into_iter().enumerate() {
            assert_eq!(
                parse_duration(text),
                expected.get(position).copied().flatten(),
                "{text}"
            );
        }
    }
}
