//! A stage of a run as a span, which logs how long it took when it ends, and takes its rows of progress away.

use std::time::Instant;

use xp_clock::Clock;

use super::progress::Progress;

/// A stage of a run while it lasts.
#[derive(Debug)]
pub(crate) struct Stage {
    name: &'static str,
    clock: Clock,
    started: Instant,
    progress: Progress,
    _span: tracing::span::EnteredSpan,
}

impl Stage {
    pub(super) fn start(name: &'static str, clock: &Clock, progress: &Progress) -> Self {
        Self {
            name,
            clock: clock.clone(),
            started: clock.now(),
            progress: progress.clone(),
            _span: tracing::info_span!("stage", name).entered(),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.progress.show(&[]);
        let seconds = self.clock.since(self.started).as_secs_f64();
        tracing::debug!(seconds, "{} took {seconds:.3} s", self.name);
    }
}
