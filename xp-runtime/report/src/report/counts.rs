//! How many experiments and runs, and how the runs ended.

use std::collections::{BTreeMap, BTreeSet};

use super::run::Run;
use crate::log::Status;

/// Experiment, spec, and the seed of a training: what makes a run the same however often it was started.
type Key<'a> = (&'a str, &'a str, Option<u64>);

/// Runs by how they ended. A run is a search or one seed of a training; started again, it counts once, by its last end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts<'a> {
    pub(super) experiments: BTreeSet<&'a str>,
    pub(super) succeeded: usize,
    pub(super) failed: usize,
    /// Stopped from outside or by their time: the same command continues them, so they have not failed.
    pub(super) unfinished: usize,
    /// Never begun: pre-flight refused them.
    pub(super) refused: usize,
}

impl<'a> Counts<'a> {
    pub(super) fn of(runs: impl Iterator<Item = &'a Run>) -> Self {
        let mut last: BTreeMap<Key<'a>, Status> = BTreeMap::new();
        let mut refused: BTreeSet<(&str, &str)> = BTreeSet::new();
        for run in runs {
            let row = &run.row;
            let (name, spec) = (row.experiment.as_str(), row.spec_hash.as_str());
            if run.refused() {
                refused.insert((name, spec));
                continue;
            }
            // A start that ended before its first seed is made up for by any later one.
            last.remove(&(name, spec, None));
            last.insert((name, spec, row.seed), row.status);
        }
        let mut counts = Self {
            experiments: last.keys().map(|(name, ..)| *name).collect(),
            refused: refused.len(),
            ..Self::default()
        };
        for status in last.into_values() {
            *match status {
                Status::Success => &mut counts.succeeded,
                Status::Failed | Status::ThermalAbort => &mut counts.failed,
                Status::Interrupted | Status::Incomplete => &mut counts.unfinished,
            } += 1;
        }
        counts
    }

    pub(super) fn runs(&self) -> usize {
        self.succeeded + self.failed + self.unfinished
    }

    /// Share of those that ended by themselves; absent where none has.
    pub(super) fn success_rate(&self) -> Option<f64> {
        let ended = self.succeeded + self.failed;
        (ended > 0).then(|| self.succeeded as f64 / ended as f64)
    }
}
