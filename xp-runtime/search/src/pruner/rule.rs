//! What a pruner is: a rule on the learning curves so far. It knows no pruner.

use serde::{Deserialize, Serialize};

use crate::trial::Trial;

/// What becomes of a trial after an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It trains on.
    GoOn,
    /// It ends early, because others are better.
    Prune,
    /// It ends with what it has: its own curve says that no better epoch will come, and nothing that it is worse than others.
    Complete,
}

/// A trial after an epoch, among the others of its study.
pub(super) struct Candidate<'a> {
    pub(super) number: u32,
    /// The study's trials, whatever their state, this one included or not.
    pub(super) history: &'a [Trial],
    /// Its own curve: (epoch, value), epochs ascending.
    pub(super) curve: &'a [(u32, f64)],
    /// The epoch that has just ended.
    pub(super) epoch: u32,
}

impl<'a> Candidate<'a> {
    /// All trials but this one.
    pub(super) fn others(&self) -> impl Iterator<Item = &'a Trial> {
        let number = self.number;
        self.history
            .iter()
            .filter(move |trial| trial.number != number)
    }
}

/// A rule that ends trials. It must be a pure function of the candidate.
pub(super) trait Rule {
    /// What becomes of the trial; its value at this epoch is finite.
    fn decide(&self, candidate: &Candidate<'_>) -> Decision;
}

/// `Prune` where a trial is worse than others.
pub(super) fn prune_if(worse: bool) -> Decision {
    if worse {
        Decision::Prune
    } else {
        Decision::GoOn
    }
}
