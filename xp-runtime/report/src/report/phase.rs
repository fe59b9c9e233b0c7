//! The runs of a phase on one data set, prepared for its sections.

use std::collections::BTreeMap;

use super::{
    against::{Against, against},
    questions::{self, Question, questions},
    run::{DATA_NOT_RECORDED, Run},
    trained::{Trained, left_out, trained},
};
use crate::log::Status;

/// The runs of a phase on one data set: a study of its own.
pub(super) struct Phase<'a> {
    /// Its phase.
    pub(super) name: String,
    /// Its data set, where it is recorded.
    pub(super) data: Option<&'a str>,
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
    /// What is asked of all budgets, with its laws.
    pub(super) questions: Vec<Question>,
    /// Each of `trained` beside its baselines.
    against: Vec<Vec<Against>>,
}

impl<'a> Phase<'a> {
    pub(super) fn new(name: &str, data: Option<&'a str>, runs: &[&'a Run]) -> Self {
        let (comparable, overridden): (Vec<&Run>, Vec<&Run>) =
            runs.iter().partition(|run| !run.row.overridden);
        let finished = finished(&comparable);
        let trained = trained(&finished);
        let left_out = left_out(&finished, &trained);
        let mut started = comparable.clone();
        started.retain(|run| !run.refused());
        let questions = questions(&started, &trained, &left_out);
        let against = trained
            .iter()
            .enumerate()
            .map(|(key, model)| against(model, key))
            .collect();
        Self {
            name: name.to_owned(),
            data,
            comparable,
            overridden,
            finished,
            trained,
            left_out,
            questions,
            against,
        }
    }

    /// Its heading.
    pub(super) fn title(&self) -> String {
        format!("{}: {}", self.name, self.data.unwrap_or(DATA_NOT_RECORDED))
    }

    /// What the names of its tables begin with.
    pub(super) fn id(&self) -> String {
        self.data
            .map_or_else(|| self.name.clone(), |data| format!("{}_{data}", self.name))
    }

    /// The trainings that answer a question.
    pub(super) fn members(&self, question: &Question) -> Vec<&Trained<'a>> {
        questions::members(&self.trained, &question.members)
    }

    /// One of its trainings beside its baselines, by each loss.
    pub(super) fn against(&self, model: &Trained<'_>) -> &[Against] {
        let mut places = self.trained.iter().zip(&self.against);
        let found = places.find(|(other, _)| std::ptr::eq(*other, model));
        found.map_or(&[], |(_, against)| against.as_slice())
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
