//! Asynchronous successive halving (Li et al., MLSys 2020): at each rung only the best 1/`factor` go on.

use crate::pruner::{
    curve::best_until,
    rule::{Decision, Rule, RunningTrial, prune_if},
    rungs::{is_eliminated, is_rung},
};

pub(super) struct SuccessiveHalving {
    /// Epoch of the first rung.
    pub(super) first: u32,
    pub(super) factor: u32,
}

impl Rule for SuccessiveHalving {
    fn decide(&self, trial: &RunningTrial<'_>) -> Decision {
        let &Self { first, factor } = self;
        let &RunningTrial { curve, epoch, .. } = trial;
        let value = best_until(curve, epoch).1;
        prune_if(
            is_rung(epoch, first, factor) && is_eliminated(value, trial.others(), epoch, factor),
        )
    }
}
