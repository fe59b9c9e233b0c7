//! The runs of a phase, prepared for its sections.

use std::collections::BTreeMap;

use super::{
    run::Run,
    trained::{Trained, left_out, trained},
};
use crate::log::Status;

/// The runs of a phase.
pub(super) struct Phase<'a> {
    pub(super) name: &'a str,
    /// Runs that the command line did not change.
    pub(super) comparable: Vec<&'a Run>,
    /// Those that it changed, which are excluded from tables and fits.
    pub(super) overridden: Vec<&'a Run>,
    /// The comparable runs that count: see [`finished`].
    pub(super) finished: Vec<&'a Run>,
    /// Finished trainings by experiment.
    pub(super) trained: Vec<Trained<'a>>,
    /// Finished trainings that are in no law and no comparison.
    pub(super) left_out: Vec<&'a Run>,
}

impl<'a> Phase<'a> {
    pub(super) fn new(name: &'a str, runs: &[&'a Run]) -> Self {
        let (comparable, overridden): (Vec<&Run>, Vec<&Run>) =
            runs.iter().partition(|run| !run.row.overridden);
        let finished = finished(&comparable);
        let trained = trained(&finished);
        let left_out = left_out(&finished, &trained);
        Self {
            name,
            comparable,
            overridden,
            finished,
            trained,
            left_out,
        }
    }

    /// The newest run of the search of this binary's name.
    pub(super) fn search(&self, binary: &str) -> Option<&'a Run> {
        let searches = self.comparable.iter().rev().copied();
        let name = format!("_{binary}");
        searches
            .filter(|run| run.row.run_type == "hpo")
            .find(|run| run.row.experiment == binary || run.row.experiment.ends_with(&name))
    }
}

/// Successes of the newest spec of each experiment, one per search and one per seed of a training: the last, since a resumed
/// search logs its study again.
fn finished<'a>(runs: &[&'a Run]) -> Vec<&'a Run> {
    let mut last: BTreeMap<(&str, Option<u64>), (usize, &'a Run)> = BTreeMap::new();
    for (position, run) in runs.iter().copied().enumerate() {
        if run.row.status == Status::Success && run.stale.is_none() {
            last.insert((&run.row.experiment, run.row.seed), (position, run));
        }
    }
    let mut last: Vec<_> = last.into_values().collect();
    last.sort_by_key(|(position, _)| *position);
    last.into_iter().map(|(_, run)| run).collect()
}
