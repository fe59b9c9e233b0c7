//! The only place that reads time or waits. Whoever judges by time is given a [`Clock`], so that its tests need neither sleep nor a quiet
//! machine; `clippy.toml` refuses every other way to the time. It must not decide anything by the time itself.
#![allow(
    clippy::disallowed_methods,
    reason = "the one module that may read the system's time"
)]

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, SecondsFormat, Utc};

/// The system's time, or time that a test moves by hand. Clones tell the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Manual(Arc<Manual>),
}

/// Time that stands still until it is moved.
#[derive(Debug)]
struct Manual {
    start: Instant,
    start_utc: DateTime<Utc>,
    passed: Mutex<Duration>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Self::advance`] or [`Self::sleep`] moves it. It starts at 2000-01-01T00:00:00Z.
    pub fn manual() -> Self {
        Self(Source::Manual(Arc::new(Manual {
            start: Instant::now(),
            start_utc: DateTime::from_timestamp(946_684_800, 0).unwrap_or_default(),
            passed: Mutex::new(Duration::ZERO),
        })))
    }

    /// Monotonic time.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::System => Instant::now(),
            Source::Manual(manual) => manual.start + manual.passed(),
        }
    }

    /// Time since an instant of this clock; zero where it lies ahead.
    pub fn since(&self, earlier: Instant) -> Duration {
        self.now().saturating_duration_since(earlier)
    }

    /// Date and time, UTC.
    pub fn utc(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => Utc::now(),
            Source::Manual(manual) => manual.start_utc + manual.passed(),
        }
    }

    /// Date and time as logs have it: RFC 3339, UTC, whole seconds.
    pub fn timestamp(&self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Waits. A manual clock does not wait: it advances.
    pub fn sleep(&self, duration: Duration) {
        match &self.0 {
            Source::System => thread::sleep(duration),
            Source::Manual(manual) => manual.advance(duration),
        }
    }

    /// Moves a manual clock. The system's clock cannot be moved: that is left as it is.
    pub fn advance(&self, duration: Duration) {
        if let Source::Manual(manual) = &self.0 {
            manual.advance(duration);
        }
    }
}

impl Manual {
    fn passed(&self) -> Duration {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn advance(&self, duration: Duration) {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner) += duration;
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
    }

    #[test]
    fn an_instant_that_lies_ahead_is_no_time_ago() {
        let clock = Clock::manual();
        assert_eq!(
            clock.since(clock.now() + Duration::from_secs(1)),
            Duration::ZERO
        );
    }
}
