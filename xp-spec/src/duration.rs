//! Durations as people write them: "4h", "90m", "30s".

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

#[cfg(test)]
mod tests {
    use super::parse_duration;

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
