//! The median rule: a trial ends when its best value so far is worse than the median of the others' values at the same epoch.

use crate::pruner::{
    curve::{best_until, value_at},
    rule::{Decision, Rule, RunningTrial, prune_if},
};

pub(super) struct Median {
    /// Others that must have reached the epoch.
    pub(super) fewest: usize,
    /// Epochs before the rule applies.
    pub(super) warmup: u32,
}

impl Rule for Median {
    fn decide(&self, trial: &RunningTrial<'_>) -> Decision {
        let &RunningTrial { curve, epoch, .. } = trial;
        prune_if(
            epoch > self.warmup && {
                let mut values: Vec<f64> = trial
                    .others()
                    .filter_map(|trial| value_at(&trial.intermediate, epoch))
                    .collect();
                values.len() >= self.fewest.max(1)
                    && best_until(curve, epoch).1 > median(&mut values)
            },
        )
    }
}

/// Median of finite values, those that are not finite counting as worst.
fn median(values: &mut [f64]) -> f64 {
    for value in values.iter_mut().filter(|value| !value.is_finite()) {
        *value = f64::INFINITY;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::INFINITY);
    if values.len().is_multiple_of(2) {
        0.5 * (at(middle.saturating_sub(1)) + at(middle))
    } else {
        at(middle)
    }
}
