//! The memory watchdog of a run (F24): stops it before the machine swaps, and warns once where it uses far more than was estimated.

use std::time::{Duration, Instant};

use xp_clock::Clock;
use xp_engine::train::Flow;
use xp_host::memory::{Reading, Verdict, judge};

use super::reason::MEMORY;
use crate::journal::Journal;

/// How often memory is read.
const INTERVAL: Duration = Duration::from_secs(1);

/// Reads memory about once a second.
#[derive(Debug)]
pub(super) struct MemoryWatchdog {
    /// What pre-flight estimated, bytes; absent where tensors live elsewhere or no shape is known.
    estimate: Option<u64>,
    last: Option<Instant>,
    /// Whether more than the estimate was warned of.
    warned: bool,
    /// Why the run was stopped.
    stopped: Option<String>,
}

impl MemoryWatchdog {
    pub(super) fn new(estimate: Option<u64>) -> Self {
        Self {
            estimate,
            last: None,
            warned: false,
            stopped: None,
        }
    }

    /// Reads memory if it is due, and stops where it is nearly full.
    pub(super) fn check(&mut self, clock: &Clock, journal: &Journal<'_>) -> Flow {
        if self.last.is_some_and(|last| clock.since(last) < INTERVAL) {
            return Flow::Continue;
        }
        self.last = Some(clock.now());
        match Reading::now().map(|reading| judge(&reading, self.estimate)) {
            Some(Verdict::Stop(why)) => {
                journal.warn(&why);
                self.stopped = Some(why);
                Flow::Stop(MEMORY)
            }
            Some(Verdict::AboveEstimate(what)) if !self.warned => {
                self.warned = true;
                journal.warn(&format!("warning: {what}"));
                Flow::Continue
            }
            _ => Flow::Continue,
        }
    }

    /// Why it stopped the run.
    pub(super) fn reason(&self) -> &str {
        self.stopped.as_deref().unwrap_or("memory is nearly full")
    }
}

/// Whether the machine is about to swap, whoever holds its memory.
pub(super) fn is_full() -> bool {
    Reading::now().is_some_and(|reading| matches!(judge(&reading, None), Verdict::Stop(_)))
}
