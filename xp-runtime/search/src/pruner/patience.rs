//! Patience: a trial ends when its best value is too old. It uses no other trial.

use crate::pruner::rule::{Decision, Rule, RunningTrial};

pub(super) struct Patience {
    /// Epochs without improvement that are tolerated.
    pub(super) epochs: u32,
    /// Improvement that counts.
    pub(super) least: f64,
}

impl Rule for Patience {
    /// The trial is complete and not pruned: only its own curve decided.
    fn decide(&self, trial: &RunningTrial<'_>) -> Decision {
        let &RunningTrial { curve, epoch, .. } = trial;
        let last = last_improvement(curve, epoch, self.least);
        if epoch.saturating_sub(last) > self.epochs {
            Decision::Complete
        } else {
            Decision::Continue
        }
    }
}

/// The last epoch that was better than everything before it by `least`.
fn last_improvement(curve: &[(u32, f64)], epoch: u32, least: f64) -> u32 {
    let mut best: Option<(u32, f64)> = None;
    for &(at, value) in curve.iter().filter(|(at, _)| *at <= epoch) {
        if value.is_finite() && best.is_none_or(|(_, lowest)| value < lowest - least) {
            best = Some((at, value));
        }
    }
    best.map_or(epoch, |(at, _)| at)
}
