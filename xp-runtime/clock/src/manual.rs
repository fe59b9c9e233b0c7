//! Time that stands still until a test moves it.
#![allow(
    clippy::disallowed_methods,
    reason = "an instant can only be made from the system's"
)]

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

/// Time that stands still until it is moved.
#[derive(Debug)]
pub(crate) struct Manual {
    start: Instant,
    start_utc: DateTime<Utc>,
    passed: Mutex<Duration>,
}

impl Manual {
    /// Starts at 2000-01-01T00:00:00Z.
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            start_utc: DateTime::from_timestamp(946_684_800, 0).unwrap_or_default(),
            passed: Mutex::new(Duration::ZERO),
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.start + self.passed()
    }

    pub(crate) fn utc(&self) -> DateTime<Utc> {
        self.start_utc + self.passed()
    }

    pub(crate) fn advance(&self, duration: Duration) {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner) += duration;
    }

    fn passed(&self) -> Duration {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
