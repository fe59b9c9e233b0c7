//! Asynchronous successive halving (Li et al., MLSys 2020): at each rung only the best 1/`factor` go on.

use crate::pruner::{
    rule::{Decision, Rule, RunningTrial, prune_if},
    rungs::{is_eliminated, reached},
};

pub(super) struct SuccessiveHalving {
    /// Step of the first rung.
    pub(super) first: u32,
    pub(super) factor: u32,
}

impl Rule for SuccessiveHalving {
    fn decide(&self, trial: &RunningTrial<'_>) -> Decision {
        let &Self { first, factor } = self;
        prune_if(
            reached(trial, first, factor)
                .any(|rung| is_eliminated(trial.curve, trial.others(), rung, factor)),
        )
    }
}
