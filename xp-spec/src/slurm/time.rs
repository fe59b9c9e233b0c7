//! Time limits of jobs, as people write them and as Slurm reads them.

/// Shortest time of a job, seconds: its checkpoint is written in the last two minutes.
const SHORTEST: u64 = 300;
/// Longest time of a job, seconds: a year.
const LONGEST_TIME: u64 = 366 * 24 * 3600;

/// Seconds of a job's time limit: `4h`, `90m`, `2d`, or as Slurm has them: minutes, `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`.
pub fn parse_time(text: &str) -> Result<u64, String> {
    let Some(seconds) = short_time(text).or_else(|| slurm_time(text)) else {
        return Err(format!(
            "\"{}\" is no time; write 4h, 90m or 2d, or D-HH:MM:SS as Slurm does",
            text.escape_debug()
        ));
    };
    match seconds {
        0..SHORTEST => Err(format!(
            "{text} is too short: a job needs 5 minutes at least, the last two of them for its checkpoint"
        )),
        SHORTEST..=LONGEST_TIME => Ok(seconds),
        _ => Err(format!("{text} is longer than a year")),
    }
}

fn short_time(text: &str) -> Option<u64> {
    match text.strip_suffix('d') {
        Some(days) => number(days)?.checked_mul(86_400),
        None => crate::duration::parse_duration(text),
    }
}

fn slurm_time(text: &str) -> Option<u64> {
    let (days, clock) = match text.split_once('-') {
        Some((days, clock)) => (Some(number(days)?), clock),
        None => (None, text),
    };
    let parts: Vec<u64> = clock.split(':').map(number).collect::<Option<_>>()?;
    let of = |hours: u64, minutes: u64, seconds: u64| {
        let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
        minutes.checked_mul(60)?.checked_add(seconds)
    };
    let within = match (days, parts.as_slice()) {
        (None, [minutes]) => of(0, *minutes, 0),
        (None, [minutes, seconds]) => of(0, *minutes, *seconds),
        (Some(_), [hours]) => of(*hours, 0, 0),
        (Some(_), [hours, minutes]) => of(*hours, *minutes, 0),
        (_, [hours, minutes, seconds]) => of(*hours, *minutes, *seconds),
        _ => None,
    }?;
    days.unwrap_or(0).checked_mul(86_400)?.checked_add(within)
}

/// A whole number in digits alone.
pub(super) fn number(text: &str) -> Option<u64> {
    text.chars()
        .all(|c| c.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// A time as Slurm reads it: `D-HH:MM:SS`.
pub fn time_text(seconds: u64) -> String {
    format!(
        "{}-{:02}:{:02}:{:02}",
        seconds / 86_400,
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_people_s_and_slurm_s() {
        for (text, expected) in [
            ("4h", "0-04:00:00"),
            ("90m", "0-01:30:00"),
            ("2d", "2-00:00:00"),
            ("90", "0-01:30:00"),
            ("90:30", "0-01:30:30"),
            ("4:00:00", "0-04:00:00"),
            ("2-12", "2-12:00:00"),
            ("2-12:30", "2-12:30:00"),
            ("1-00:00:01", "1-00:00:01"),
        ] {
            let seconds = parse_time(text).unwrap();
            assert_eq!(time_text(seconds), expected, "{text}");
            assert_eq!(parse_time(&time_text(seconds)), Ok(seconds));
        }
        for (text, reason) in [
            ("", "no time"),
            ("4 h", "no time"),
            ("-4h", "no time"),
            ("1:2:3:4", "no time"),
            ("4h\n", "no time"),
            ("99999999999999999999d", "no time"),
            ("400d", "longer than a year"),
            ("299s", "too short"),
            ("0", "too short"),
        ] {
            let said = parse_time(text).unwrap_err();
            assert!(said.contains(reason), "{text}: {said}");
        }
    }
}
