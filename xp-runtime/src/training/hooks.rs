//! One seed's training as the engine's hooks.

use xp_engine::train::{Checkpoint, EpochReport, Flow, Hooks};

use crate::{context::Context, guard::ThermalGuard, journal::Journal};

/// Where the state of a seed is kept while it trains.
pub(super) fn checkpoint(context: &Context, seed: u64) -> Checkpoint {
    Checkpoint {
        folder: context.folder().join(format!("checkpoints/seed_{seed}")),
        spec_hash: context.hash.clone(),
    }
}

/// Shows progress and asks the guard between batches.
pub(super) struct SeedHooks<'a> {
    pub(super) context: &'a Context,
    pub(super) journal: &'a Journal<'a>,
    pub(super) guard: &'a mut ThermalGuard,
    pub(super) seed: u64,
    pub(super) epochs: u32,
}

impl Hooks for SeedHooks<'_> {
    fn before_batch(&mut self, epoch: u32, batch: u32, batches: u32) -> Flow {
        if batch.is_multiple_of(4) {
            self.journal.progress(&format!(
                "seed {} epoch {epoch}/{} batch {batch}/{batches}, {}",
                self.seed,
                self.epochs,
                self.guard.text()
            ));
        }
        self.guard.before_batch(self.journal)
    }

    fn during_validation(&mut self) -> Flow {
        self.guard.during_validation()
    }

    fn after_epoch(&mut self, report: &EpochReport) -> Flow {
        tracing::info!(
            epoch = report.epoch,
            train_loss = report.train_loss,
            val_loss = report.val_loss,
            samples_per_second = report.samples_per_second,
            "seed {} epoch {}/{}: train {:.4}, validation {:.4}, {:.0} samples/s, {}",
            self.seed,
            report.epoch,
            self.epochs,
            report.train_loss,
            report.val_loss,
            report.samples_per_second,
            self.guard.text()
        );
        Flow::Continue
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        Some(checkpoint(self.context, self.seed))
    }

    fn resumed(&mut self, curve: &[EpochReport], batches: u32) {
        self.journal.info(&format!(
            "seed {}: resumed after {} epochs and {batches} batches",
            self.seed,
            curve.len()
        ));
    }

    fn warn(&mut self, message: &str) {
        self.journal
            .warn(&format!("warning: seed {} {message}", self.seed));
    }
}
