//! Monotonic time of a process that a test moves from outside: seconds since the start of the process, as a decimal number in a file.
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

/// Time that a file tells.
#[derive(Debug)]
pub(crate) struct FileTime {
    path: PathBuf,
    start: Instant,
    /// What the file said last: a file that is being replaced moves no time backwards.
    passed: Mutex<Duration>,
}

impl FileTime {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            start: Instant::now(),
            passed: Mutex::new(Duration::ZERO),
        }
    }

    pub(crate) fn now(&self) -> Instant {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = passed.max(self.read().unwrap_or_default());
        self.start + *passed
    }

    fn read(&self) -> Option<Duration> {
        let text = fs::read_to_string(&self.path).ok()?;
        Duration::try_from_secs_f64(text.trim().parse().ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_what_the_file_says_and_never_goes_back() {
        let path = std::env::temp_dir().join(format!("xp-clock-{}", std::process::id()));
        let time = FileTime::new(path.clone());
        let start = time.now();
        for (text, milliseconds) in [("2.5", 2500), ("torn", 2500), ("1", 2500), ("61", 61_000)] {
            assert!(fs::write(&path, text).is_ok());
            assert_eq!(time.now() - start, Duration::from_millis(milliseconds));
        }
        assert!(fs::remove_file(&path).is_ok());
        assert_eq!(time.now() - start, Duration::from_secs(61));
    }
}
