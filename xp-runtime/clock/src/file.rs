//! Monotonic time of a process that a test moves from outside: a file with `xp test clock` and the seconds since the start of the process,
//! such as `xp test clock 12.5`.
#![allow(
    clippy::disallowed_methods,
    reason = "an instant can only be made from the system's"
)]

use std::{
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// What a file begins with, so that no other file is taken for one.
const PREFIX: &str = "xp test clock ";
/// Seconds at most, thirty years.
const MOST: f64 = 1e9;

/// Time that a file tells.
#[derive(Debug)]
pub(crate) struct FileTime {
    path: PathBuf,
    start: Instant,
    /// What the file said last: a file that is being replaced moves no time backwards.
    passed: Mutex<Duration>,
}

impl FileTime {
    pub(crate) fn open(path: PathBuf) -> Result<Self, String> {
        let time = Self {
            path,
            start: Instant::now(),
            passed: Mutex::new(Duration::ZERO),
        };
        if time.read().is_some() {
            return Ok(time);
        }
        Err(format!(
            "XP_CLOCK_FILE names {}, which is no clock of a test; unset it",
            time.path.display()
        ))
    }

    pub(crate) fn now(&self) -> Instant {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = passed.max(self.read().unwrap_or_default());
        self.start + *passed
    }

    fn read(&self) -> Option<Duration> {
        let text = fs::read_to_string(&self.path).ok()?;
        let seconds: f64 = text.strip_prefix(PREFIX)?.trim().parse().ok()?;
        Duration::try_from_secs_f64(seconds.min(MOST)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_what_the_file_says_and_never_goes_back() {
        let path = std::env::temp_dir().join(format!("xp-clock-{}", std::process::id()));
        for text in [
            None,
            Some("12"),
            Some("xp test clock"),
            Some("xp test clock -1"),
        ] {
            if let Some(text) = text {
                assert!(fs::write(&path, text).is_ok());
            }
            assert!(FileTime::open(path.clone()).is_err(), "{text:?}");
        }
        assert!(fs::write(&path, "xp test clock 0").is_ok());
        let Ok(time) = FileTime::open(path.clone()) else {
            panic!("it is a clock");
        };
        let start = time.now();
        for (text, milliseconds) in [
            ("2.5", 2500),
            ("truncat", 2500),
            ("1", 2500),
            ("61", 61_000),
            ("1e30", 1_000_000_000_000),
        ] {
            assert!(fs::write(&path, format!("{PREFIX}{text}")).is_ok());
            assert_eq!(time.now() - start, Duration::from_millis(milliseconds));
        }
        assert!(fs::remove_file(&path).is_ok());
        assert_eq!(time.now() - start, Duration::from_secs(1_000_000_000));
    }
}
