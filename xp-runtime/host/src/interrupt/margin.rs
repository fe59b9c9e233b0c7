//! How long before a limit of time a run stops.

use std::time::Duration;

/// Enough for the longest batch, the checkpoint and the report of what was done, on a slow file system too.
const MOST: Duration = Duration::from_secs(120);
/// A checkpoint is written within 30 s of the request to stop, and the process needs a moment to end.
const LEAST: Duration = Duration::from_secs(35);
/// Short jobs lose at most this part of their time: a tenth.
const PART: u32 = 10;

/// How long before the end of a limit a run stops that has this much time left when it starts.
pub(super) fn margin(left: Duration) -> Duration {
    (left / PART).clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_jobs_stop_two_minutes_early_and_short_ones_less() {
        for (left, expected) in [
            (0, 35),
            (60, 35),
            (350, 35),
            (600, 60),
            (1200, 120),
            (86_400, 120),
        ] {
            let found = margin(Duration::from_secs(left));
            assert_eq!(found, Duration::from_secs(expected), "{left}");
        }
    }
}
