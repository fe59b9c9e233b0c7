//! How long an acquisition waits, whom it tells, and what ends it early.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use xp_clock::Clock;

use super::error::ProcessLockError;

/// How often people are told that it still waits.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// A wait for a lock.
pub(super) struct Wait<'a> {
    pub(super) clock: &'a Clock,
    folder: PathBuf,
    started: Instant,
    patience: Duration,
    on_wait: &'a mut dyn FnMut(&str),
    /// Asked at each step; false ends the wait.
    goes_on: &'a mut dyn FnMut() -> bool,
    told: Option<Instant>,
}

impl<'a> Wait<'a> {
    /// A wait for the lock of a folder that others hold, for so long at most.
    pub(super) fn new(
        folder: &Path,
        clock: &'a Clock,
        patience: Duration,
        on_wait: &'a mut dyn FnMut(&str),
        goes_on: &'a mut dyn FnMut() -> bool,
    ) -> Self {
        Self {
            clock,
            folder: folder.to_owned(),
            started: clock.now(),
            patience,
            on_wait,
            goes_on,
            told: None,
        }
    }

    /// Whether those who hold the lock were waited for long enough.
    pub(super) fn is_over(&self) -> bool {
        self.clock.since(self.started) >= self.patience
    }

    /// Tells people why it waits, at first and then every minute.
    pub(super) fn tell(&mut self, message: impl FnOnce() -> String) {
        let is_due = self
            .told
            .is_none_or(|told| self.clock.since(told) >= TELL_EVERY);
        if is_due {
            self.told = Some(self.clock.now());
            (self.on_wait)(&message());
        }
    }

    /// Waits for a step. An error where the run was asked to end.
    pub(super) fn pause(&mut self, step: Duration) -> Result<(), ProcessLockError> {
        if !(self.goes_on)() {
            return Err(ProcessLockError::Stopped {
                path: self.folder.clone(),
            });
        }
        self.clock.sleep(step);
        Ok(())
    }
}
