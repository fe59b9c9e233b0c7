//! One seed's training as the engine's hooks.

use std::time::Instant;

use xp_engine::train::{Checkpoint, Evaluation, Flow, Hooks};
use xp_spec::duration::readable;

use crate::{
    context::Context,
    guard::ThermalGuard,
    journal::{Journal, Row},
};

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
    /// Steps of the whole training.
    pub(super) steps: u32,
    /// The first step that was made here, and when.
    begun: Option<(u32, Instant)>,
    /// What the last evaluation found.
    evaluated: Option<String>,
}

impl<'a> SeedHooks<'a> {
    /// Nothing has been done yet.
    pub(super) fn new(
        context: &'a Context,
        journal: &'a Journal<'a>,
        guard: &'a mut ThermalGuard,
        (seed, steps): (u64, u32),
    ) -> Self {
        Self {
            context,
            journal,
            guard,
            seed,
            steps,
            begun: None,
            evaluated: None,
        }
    }

    /// Time that the steps after this one will take, with evaluations, checkpoints and pauses as they were so far.
    fn left(&self, step: u32) -> Option<String> {
        let (first, begun) = self.begun?;
        let done = step.checked_sub(first).filter(|done| *done > 0)?;
        let seconds = self.context.clock.since(begun).as_secs_f64();
        let left = seconds / f64::from(done) * f64::from(self.steps.saturating_sub(step));
        Some(format!("about {} left", readable(left)))
    }
}

impl Hooks for SeedHooks<'_> {
    fn before_step(&mut self, step: u32, epoch: f64) -> Flow {
        let clock = &self.context.clock;
        self.begun.get_or_insert_with(|| (step, clock.now()));
        if step.is_multiple_of(4) {
            let texts = [
                Some(format!("epoch {epoch:.1}")),
                self.evaluated.clone(),
                self.left(step),
                self.guard.text(),
            ];
            self.journal.show_progress(&[Row {
                subject: format!("seed {}", self.seed),
                share: Some((u64::from(step), u64::from(self.steps))),
                text: joined(texts),
            }]);
        }
        self.guard.before_batch(self.journal)
    }

    fn during_validation(&mut self) -> Flow {
        self.guard.during_validation()
    }

    fn after_evaluation(&mut self, evaluation: &Evaluation) -> Flow {
        let texts = [
            Some(format!(
                "seed {} step {}/{} (epoch {:.1}): train {:.4}",
                self.seed, evaluation.step, self.steps, evaluation.epoch, evaluation.train_loss
            )),
            Some(format!("validation {:.4}", evaluation.val_loss)),
            self.left(evaluation.step),
            self.guard.text(),
        ];
        tracing::info!(
            step = evaluation.step,
            epoch = evaluation.epoch,
            train_loss = evaluation.train_loss,
            val_loss = evaluation.val_loss,
            samples_per_second = evaluation.samples_per_second,
            "{}",
            joined(texts)
        );
        self.evaluated = Some(format!(
            "validation {:.4}, {:.0} samples/s",
            evaluation.val_loss, evaluation.samples_per_second
        ));
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

fn joined(texts: impl IntoIterator<Item = Option<String>>) -> String {
    texts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
