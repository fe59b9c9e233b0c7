//! Experiments in the order of their phases, and under one heading where task, data and samples are the same.

use xp_macros_core::Checked;
use xp_spec::{minima::counts, name::phase_parts};

use crate::experiments::Found;

/// Experiments with one heading.
pub(super) struct Group<'a> {
    /// Phase, task and data; the samples below.
    pub(super) heading: String,
    /// In the order of the list.
    pub(super) experiments: Vec<(&'a Found, &'a Checked)>,
}

/// The right ones of these experiments, grouped.
pub(super) fn groups<'a>(found: &[&'a Found]) -> Vec<Group<'a>> {
    let mut right: Vec<_> = found
        .iter()
        .filter_map(|one| Some((*one, one.checked.as_ref().ok()?)))
        .collect();
    right.sort_by_key(|(_, checked)| {
        let phase = &checked.experiment.phase;
        phase_parts(phase).map(|(number, letter)| (number, letter.to_owned()))
    });
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (one, checked) in right {
        let heading = heading(checked);
        match groups.iter_mut().find(|group| group.heading == heading) {
            Some(group) => group.experiments.push((one, checked)),
            None => groups.push(Group {
                heading,
                experiments: vec![(one, checked)],
            }),
        }
    }
    groups
}

fn heading(checked: &Checked) -> String {
    let experiment = &checked.experiment;
    format!(
        "{}: {} within {} trading day{}, {} bars of {}\nsamples: {}",
        experiment.phase,
        experiment.task,
        experiment.horizon.days(),
        if experiment.horizon.days() == 1 {
            ""
        } else {
            "s"
        },
        experiment.timescale,
        experiment.data.name,
        counts(&checked.regions)
    )
}

/// Columns of the longest name, so that the tables of all groups are aligned.
pub(super) fn widest(groups: &[Group<'_>]) -> usize {
    let names = groups.iter().flat_map(|group| &group.experiments);
    names.map(|(one, _)| one.name.len()).max().unwrap_or(0)
}
