//! One seed's training as the engine's hooks.

use xp_engine::train::{Checkpoint, Evaluation, Flow, Hooks};

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
    pub(super) steps: u32,
}

impl Hooks for SeedHooks<'_> {
    fn before_step(&mut self, step: u32, epoch: f64) -> Flow {
        if step.is_multiple_of(4) {
            self.journal.progress(&format!(
                "seed {} step {step}/{} (epoch {epoch:.1}), {}",
                self.seed,
                self.steps,
                self.guard.text()
            ));
        }
        self.guard.before_batch(self.journal)
    }

    fn during_validation(&mut self) -> Flow {
        self.guard.during_validation()
    }

    fn after_evaluation(&mut self, evaluation: &Evaluation) -> Flow {
        tracing::info!(
            step = evaluation.step,
            epoch = evaluation.epoch,
            train_loss = evaluation.train_loss,
            val_loss = evaluation.val_loss,
            samples_per_second = evaluation.samples_per_second,
            "seed {} step {}/{} (epoch {:.1}): train {:.4}, validation {:.4}, {:.0} samples/s, {}",
            self.seed,
            evaluation.step,
            self.steps,
            evaluation.epoch,
            evaluation.train_loss,
            evaluation.val_loss,
            evaluation.samples_per_second,
            self.guard.text()
        );
        Flow::Continue
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        Some(checkpoint(self.context, self.seed))
    }

    fn resumed(&mut self, curve: &[Evaluation], step: u32) {
        self.journal.info(&format!(
            "seed {}: resumed at step {step}, after {} evaluations",
            self.seed,
            curve.len()
        ));
    }

    fn warn(&mut self, message: &str) {
        self.journal
            .warn(&format!("warning: seed {} {message}", self.seed));
    }
}
