//! Patience: a trial ends when its best value is too old. It uses no other trial.

use crate::pruner::rule::{Decision, Rule, RunningTrial};

pub(super) struct Patience {
    /// Evaluations without improvement that are tolerated.
    pub(super) evaluations: u32,
    /// Improvement that counts.
    pub(super) least: f64,
}

impl Rule for Patience {
    /// The trial is complete and not pruned: only its own curve decided.
    fn decide(&self, trial: &RunningTrial<'_>) -> Decision {
        let &RunningTrial { curve, step, .. } = trial;
        if since_improvement(curve, step, self.least) > self.evaluations as usize {
            Decision::Complete
        } else {
            Decision::Continue
        }
    }
}

/// Evaluations up to `step` since the last that was better than everything before it by `least`.
fn since_improvement(curve: &[(u32, f64)], step: u32, least: f64) -> usize {
    let mut lowest = f64::INFINITY;
    let mut since = 0;
    for (_, value) in curve.iter().take_while(|(at, _)| *at <= step) {
        if value.is_finite() && *value < lowest - least {
            lowest = *value;
            since = 0;
        } else if lowest.is_finite() {
            since += 1;
        }
    }
    since
}
