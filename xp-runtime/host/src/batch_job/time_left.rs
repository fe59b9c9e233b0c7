//! What is left of a job's time, as `squeue -o %L` writes it.

use std::time::Duration;

/// What is left of a job's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLeft {
    /// So much.
    Limited(Duration),
    /// The job has no limit.
    Unlimited,
}

impl TimeLeft {
    /// `days-hours:minutes:seconds`, of which Slurm leaves out what is zero in front, but for the minutes; `UNLIMITED`. Anything else is no
    /// time: `INVALID` of a job beyond its limit, `NOT_SET` of one that has none yet, a message, two lines.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "UNLIMITED" {
            return Some(Self::Unlimited);
        }
        let (days, time) = match text.split_once('-') {
            Some((days, time)) => (number(days, u64::MAX)?, time),
            None => (0, text),
        };
        let parts: Vec<&str> = time.split(':').collect();
        let (hours, minutes, seconds) = match *parts.as_slice() {
            [hours, minutes, seconds] => (number(hours, 23)?, minutes, seconds),
            [minutes, seconds] if !text.contains('-') => (0, minutes, seconds),
            _ => return None,
        };
        let (minutes, seconds) = (number(minutes, 59)?, number(seconds, 59)?);
        let total = days.checked_mul(86_400)?;
        let total = total.checked_add(hours * 3600 + minutes * 60 + seconds)?;
        Some(Self::Limited(Duration::from_secs(total)))
    }
}

/// Digits alone, and no more than `most`.
fn number(text: &str, most: u64) -> Option<u64> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_digits)?;
    (number <= most).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_squeue_are_read_strictly() {
        for (text, seconds) in [
            ("0:00", 0),
            ("4:59\n", 299),
            ("59:59", 3599),
            ("1:00:00", 3600),
            ("23:59:59", 86_399),
            ("1-00:00:00", 86_400),
            ("365-01:02:03", 31_539_723),
        ] {
            let expected = TimeLeft::Limited(Duration::from_secs(seconds));
            assert_eq!(TimeLeft::parse(text), Some(expected), "{text}");
        }
        assert_eq!(TimeLeft::parse("UNLIMITED\n"), Some(TimeLeft::Unlimited));
        for text in [
            "",
            "INVALID",
            "NOT_SET",
            "N/A",
            "7",
            "-1:00",
            "1:",
            ":1",
            "1:60",
            "60:00",
            "+1:00",
            "24:00:00",
            "1-2:03",
            "1-2",
            "x-00:00:00",
            "1:2:3:4",
            "4:59\n3:12",
            "1:00 left",
            "99999999999999999999-00:00:00",
            "18446744073709551615-00:00:00",
            "unlimited",
        ] {
            assert_eq!(TimeLeft::parse(text), None, "{text}");
        }
    }
}
