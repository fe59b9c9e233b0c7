//! The phase of a new experiment. A phase holds what is reported together, so that a new experiment belongs to that of its like, and another
//! data set has one of its own.

use std::collections::BTreeMap;

use xp_spec::{experiment::Experiment, name::phase_parts, task::Task};

/// A phase and why it is this one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Phase {
    pub(super) name: String,
    pub(super) why: String,
}

/// What decides.
pub(super) struct Like<'a> {
    /// Path of the data set.
    pub(super) data: &'a str,
    pub(super) task: Task,
    pub(super) features: usize,
}

/// The phase of the experiments with the same data, task and features, else the one that these have for another task, else a new one. The
/// shipped phases that have a letter have one for each task.
pub(super) fn phase(known: &[&Experiment], like: &Like<'_>) -> Phase {
    let with = |is_like: &dyn Fn(&Experiment) -> bool| {
        most_frequent(known.iter().copied().filter(|other| is_like(other)))
    };
    let same_data = |other: &Experiment| other.data.path == like.data;
    let same_features =
        |other: &Experiment| same_data(other) && other.features.len() == like.features;
    let as_of = |other: &Experiment| format!("as `{}`", other.binary);
    let letter = letter(like.task);
    let of_task = |other: &Experiment| match phase_parts(&other.phase) {
        Some((number, own)) if !own.is_empty() => format!("phase{number}{letter}"),
        _ => other.phase.clone(),
    };
    if let Some(twin) = with(&|other| same_features(other) && other.task == like.task) {
        return Phase {
            name: twin.phase.clone(),
            why: as_of(twin),
        };
    }
    if let Some(other) = with(&same_features).or_else(|| with(&same_data)) {
        return Phase {
            name: of_task(other),
            why: format!("{} of another task or features", as_of(other)),
        };
    }
    let numbers = known.iter().filter_map(|other| phase_parts(&other.phase));
    let next = numbers.map(|(number, _)| number).max().unwrap_or(0);
    Phase {
        name: format!("phase{}{letter}", next.saturating_add(1)),
        why: "the first of its data set".to_owned(),
    }
}

/// An experiment of the phase that most of these have; of equally many that of the first.
fn most_frequent<'a>(of: impl Iterator<Item = &'a Experiment>) -> Option<&'a Experiment> {
    let all: Vec<_> = of.collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &all {
        *counts.entry(&one.phase).or_default() += 1;
    }
    let most = counts.values().max()?;
    all.into_iter()
        .find(|one| counts.get(one.phase.as_str()) == Some(most))
}

/// `a` of the smallest threshold, and so on.
fn letter(task: Task) -> char {
    let at = Task::ALL.iter().position(|other| *other == task);
    char::from(b'a' + u8::try_from(at.unwrap_or(0)).unwrap_or(0))
}
