//! The median rule: a trial ends when its best value so far is worse than the median of the others' values at the same step, each as it
//! stood before or there, of those that came so far.

use crate::pruner::{
    curve::best_on_reaching,
    rule::{Decision, Rule, RunningTrial, prune_if},
};

pub(super) struct Median {
    /// Others that must have come so far.
    pub(super) fewest: usize,
    /// Steps before the rule applies.
    pub(super) warmup: u32,
}

impl Rule for Median {
    fn decide(&self, trial: &RunningTrial<'_>) -> Decision {
        let &RunningTrial { curve, step, .. } = trial;
        prune_if(
            step > self.warmup && {
                let mut values: Vec<f64> = trial
                    .others()
                    .filter_map(|trial| trial.value_until(step))
                    .collect();
                values.len() >= self.fewest.max(1)
                    && best_on_reaching(curve, step).is_some_and(|best| best > median(&mut values))
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
