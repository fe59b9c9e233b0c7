//! A borrowed search matches the training in all but its own hyperparameters, and `between` lies between its tasks (F15).

use proc_macro2::Span;
use xp_spec::{
    experiment::{Experiment, Params, Run},
    split::Split,
};

use super::{candidate::Candidate, sources::searches};
use crate::{checked::Checked, diagnostic::Diagnostic, resolve::Fields};

/// Borrowed searches that are wrong or do not match; where all do, tasks that do not enclose the training's.
pub(crate) fn check(candidate: &Candidate<'_>) -> Vec<Diagnostic> {
    let fields = &candidate.resolved.fields;
    let mut found = Vec::new();
    for (search, source) in &candidate.sources {
        let span = search_span(fields, search);
        let Some(source) = source else {
            found.push(
                Diagnostic::new(span, format!("`{search}` has errors itself"))
                    .help(format!("correct {search}.rs first")),
            );
            continue;
        };
        let differences = differences(candidate.checked, source);
        if !differences.is_empty() {
            let mut error =
                Diagnostic::new(span, format!("`{search}` does not match this experiment"));
            error.notes = differences;
            found
                .push(error.help(
                    "borrow from a search that is equal in all but, for `between`, the task",
                ));
        }
    }
    if found.is_empty() {
        found.extend(not_enclosed(candidate));
    }
    found
}

/// `between` needs the searches of a smaller and of a larger threshold.
fn not_enclosed(candidate: &Candidate<'_>) -> Option<Diagnostic> {
    let sources = candidate.sources.iter();
    let tasks: Vec<_> = sources
        .filter_map(|(_, source)| Some(source.as_ref()?.experiment.task))
        .collect();
    let (low, high) = (tasks.iter().min()?, tasks.iter().max()?);
    let task = candidate.checked.experiment.task;
    if tasks.len() != 2 || (*low < task && task < *high) {
        return None;
    }
    let fields = &candidate.resolved.fields;
    let span = searches(fields)
        .first()
        .map_or_else(|| fields.key_span("run"), |name| name.span());
    Some(
        Diagnostic::new(
            span,
            format!("{task} does not lie between {low} and {high}"),
        )
        .help("one search of a smaller threshold and one of a larger"),
    )
}

/// What keeps a search's result from being borrowed: `name: value there, value here`.
fn differences(ours: &Checked, theirs: &Checked) -> Vec<String> {
    let mut found: Vec<_> = settings(ours)
        .into_iter()
        .zip(settings(theirs))
        .filter(|(here, there)| here.key != there.key)
        .map(|(here, there)| line(here.name, &here.text, &there.text))
        .collect();
    let (here, there) = (&ours.experiment, &theirs.experiment);
    if matches!(&here.run, Run::Train(train) if matches!(train.params, Params::Best(_)))
        && there.task != here.task
    {
        found.push(line("task", here.task.name(), there.task.name()));
    }
    // A shape that the search may find must fit here, too.
    if there.tolerance > here.tolerance {
        let (here, there) = (here.tolerance.to_string(), there.tolerance.to_string());
        found.push(line("tolerance", &here, &there));
    }
    if matches!(there.run, Run::Train(_)) {
        found.push("it is a training, not a search".to_owned());
    }
    found
}

fn line(name: &str, here: &str, there: &str) -> String {
    format!("{name}: {there} there, {here} here")
}

/// Something that must be equal in both.
struct Setting {
    name: &'static str,
    /// Equal where the setting is.
    key: String,
    /// As it is shown.
    text: String,
}

/// All that must be equal, in the order of messages.
fn settings(checked: &Checked) -> [Setting; 14] {
    let experiment = &checked.experiment;
    let Experiment { data, training, .. } = experiment;
    let shown = |name, text: String| Setting {
        name,
        key: text.clone(),
        text,
    };
    let by = |name, key: String, text: String| Setting { name, key, text };
    let patch = format!("{} by {}", experiment.patch, experiment.stride);
    [
        shown("budget", experiment.budget.to_string()),
        shown("horizon", experiment.horizon.days().to_string()),
        shown("timescale", experiment.timescale.to_string()),
        by("data", json(data), data.name.clone()),
        by(
            "features",
            experiment.features.join(","),
            format!("{} features", experiment.features.len()),
        ),
        shown("context", experiment.context.to_string()),
        by(
            "split",
            split_text(&checked.borders),
            split_text(&experiment.split),
        ),
        shown("label price", experiment.label_price.name().to_owned()),
        shown("normalisation", experiment.normalisation.name().to_owned()),
        shown("channels", json(&experiment.channels)),
        shown("patch", patch),
        shown("loss", json(&training.loss)),
        shown("objective", json(&training.objective)),
        shown("schedule", json(&training.schedule)),
    ]
}

/// Borders as an experiment writes them.
fn split_text(split: &Split) -> String {
    format!(
        "val {}, test {}, embargo {}",
        split.val, split.test, split.embargo
    )
}

/// A value as it is written.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value)
        .unwrap_or_default()
        .replace('"', "")
}

/// The token that names a borrowed search.
fn search_span(fields: &Fields<'_>, search: &str) -> Span {
    searches(fields)
        .into_iter()
        .find(|name| *name == search)
        .map_or_else(|| fields.key_span("run"), |name| name.span())
}
