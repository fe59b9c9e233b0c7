//! The interface of pruners: a rule on the learning curves so far. It contains no rule.

use serde::{Deserialize, Serialize};

use crate::trial::Trial;

/// Decision on a trial after an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It continues.
    #[serde(rename = "go_on")]
    Continue,
    /// It is stopped early, because others are better.
    Prune,
    /// It is finished with its best value so far: its own curve no longer improves, which does not mean that others are better.
    Complete,
}

/// A trial after an evaluation, among the others of its study.
pub(super) struct RunningTrial<'a> {
    pub(super) number: u32,
    /// The study's trials, whatever their state, this one included or not.
    pub(super) history: &'a [Trial],
    /// Its own curve: (step, value), steps ascending.
    pub(super) curve: &'a [(u32, f64)],
    /// The step that has just been evaluated.
    pub(super) step: u32,
}

impl<'a> RunningTrial<'a> {
    /// All trials but this one.
    pub(super) fn others(&self) -> impl Iterator<Item = &'a Trial> {
        let number = self.number;
        self.history
            .iter()
            .filter(move |trial| trial.number != number)
    }
}

/// A rule that stops trials early. It must be a pure function of its argument.
pub(super) trait Rule {
    /// The decision on a trial whose value at this step is finite.
    fn decide(&self, trial: &RunningTrial<'_>) -> Decision;
}

/// `Prune` where a trial is worse than others.
pub(super) fn prune_if(worse: bool) -> Decision {
    if worse {
        Decision::Prune
    } else {
        Decision::Continue
    }
}
