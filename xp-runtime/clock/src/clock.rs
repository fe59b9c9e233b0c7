//! A clock that is passed in.
#![allow(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's time"
)]

use std::{
    sync::{Arc, mpsc::Receiver},
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::{file::FileTime, manual::Manual};

/// The system's time, or time that a test moves. Clones tell the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Manual(Arc<Manual>),
    File(Arc<FileTime>),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The system's clock, unless `XP_CLOCK_FILE` names a file: then monotonic time is what that says (`file.rs`), so that tests of a whole
    /// process depend on no machine's speed. Date and time are the system's.
    ///
    /// # Errors
    /// Where the file is not one of a test: time that stands still by accident would switch limits of time off.
    pub fn from_environment() -> Result<Self, String> {
        match std::env::var_os("XP_CLOCK_FILE") {
            Some(path) => Ok(Self(Source::File(Arc::new(FileTime::open(path.into())?)))),
            None => Ok(Self::system()),
        }
    }

    /// Whether a test moves this clock.
    pub fn is_simulated(&self) -> bool {
        !matches!(self.0, Source::System)
    }

    /// A clock that stands still until [`Self::advance`] or [`Self::sleep`] moves it. It starts at 2000-01-01T00:00:00Z.
    pub fn manual() -> Self {
        Self(Source::Manual(Arc::new(Manual::new())))
    }

    /// Monotonic time.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::System => Instant::now(),
            Source::Manual(manual) => manual.now(),
            Source::File(file) => file.now(),
        }
    }

    /// Time since an instant of this clock; zero where it lies ahead.
    pub fn since(&self, earlier: Instant) -> Duration {
        self.now().saturating_duration_since(earlier)
    }

    /// Date and time, UTC.
    pub fn utc(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System | Source::File(_) => Utc::now(),
            Source::Manual(manual) => manual.utc(),
        }
    }

    /// Date and time as logs have it: RFC 3339, UTC, whole seconds.
    pub fn timestamp(&self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Waits. A manual clock does not wait: it advances.
    pub fn sleep(&self, duration: Duration) {
        match &self.0 {
            Source::System | Source::File(_) => thread::sleep(duration),
            Source::Manual(manual) => manual.advance(duration),
        }
    }

    /// Waits for a message, at most so long. A manual clock does not wait: where there is no message, it advances.
    pub fn receive<T>(&self, receiver: &Receiver<T>, at_most: Duration) -> Option<T> {
        match &self.0 {
            Source::System | Source::File(_) => receiver.recv_timeout(at_most).ok(),
            Source::Manual(manual) => {
                let message = receiver.try_recv().ok();
                if message.is_none() {
                    manual.advance(at_most);
                }
                message
            }
        }
    }

    /// Waits until another thread unparks this one, at most so long of the system's time, whatever this clock says.
    pub fn park(at_most: Duration) {
        thread::park_timeout(at_most);
    }

    /// Moves a manual clock; any other is left as it is.
    pub fn advance(&self, duration: Duration) {
        if let Source::Manual(manual) = &self.0 {
            manual.advance(duration);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved() {
        let clock = Clock::manual();
        let (start, other) = (clock.now(), clock.clone());
        assert_eq!(clock.since(start), Duration::ZERO);
        assert_eq!(clock.timestamp(), "2000-01-01T00:00:00Z");
        other.advance(Duration::from_millis(1500));
        clock.sleep(Duration::from_secs(60));
        assert_eq!(other.since(start), Duration::from_millis(61_500));
        assert_eq!(clock.timestamp(), "2000-01-01T00:01:01Z");
        let ahead = clock.now() + Duration::from_secs(1);
        assert_eq!(clock.since(ahead), Duration::ZERO);
    }
}
