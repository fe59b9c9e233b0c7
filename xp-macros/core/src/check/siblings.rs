//! Rules across experiments: a borrowed search exists and matches (F15); no two files are the same experiment (F13).

use std::{fs, path::Path};

use proc_macro2::{Ident, Span};
use xp_spec::{
    experiment::{Experiment, Params, Run},
    files::{EXPERIMENTS, Workspace},
    hash::UNHASHED_KEYS,
    name::nearest,
    split::Split,
    task::Task,
};

use super::{Checked, fields::Fields};
use crate::{
    Source, analyse_alone,
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// A search whose result is borrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borrowed {
    /// Its binary.
    pub binary: String,
    /// Its name in logs and paths.
    pub experiment: String,
    /// Its spec hash.
    pub hash: String,
    /// Its file, relative to the workspace.
    pub file: String,
}

/// Reports borrowed searches that do not exist, also where something else is wrong.
pub(crate) fn exist(fields: &Fields<'_>, source: &Source, errors: &mut Vec<Diagnostic>) {
    let Some(folder) = source.file.as_deref().and_then(Path::parent) else {
        return;
    };
    let known = names(folder);
    for study in studies(fields) {
        if known.iter().any(|name| study == name) {
            continue;
        }
        let error = Diagnostic::new(study.span(), format!("there is no experiment `{study}`"));
        let near = nearest(&study.to_string(), known.iter().map(String::as_str));
        errors.push(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("`cargo xp list` names the experiments"),
        });
    }
}

/// Checks an experiment against its siblings and returns the searches it borrows from.
pub(crate) fn check(
    fields: &Fields<'_>,
    experiment: &Experiment,
    twin: (&str, Split),
    source: &Source,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Borrowed> {
    let Some(folder) = source.file.as_deref().and_then(Path::parent) else {
        return Vec::new();
    };
    let mut borrowed = Vec::new();
    if let Run::Train(train) = &experiment.run {
        let mut tasks = Vec::new();
        for study in train.params.sources() {
            if let Some((found, task)) = borrow(study, fields, experiment, &twin.1, source, errors)
            {
                borrowed.push(found);
                tasks.push(task);
            }
        }
        check_enclosing(fields, experiment, &tasks, errors);
    }
    // What is equal in all that a name tells has the same name up to its variant.
    let variant = fields
        .optional("variant")
        .and_then(|node| match node {
            Node::Text(text, _) => Some(format!("_{text}")),
            _ => None,
        })
        .unwrap_or_default();
    let stem = experiment
        .binary
        .strip_suffix(&variant)
        .unwrap_or(&experiment.binary);
    let home = source.workspace.root().join(EXPERIMENTS);
    let elsewhere = (home != folder).then_some(home.as_path());
    let others = names(folder)
        .into_iter()
        .filter(|name| *name != experiment.binary)
        .map(|name| (folder, name));
    // In another folder, the same name is another file.
    let there = elsewhere
        .into_iter()
        .flat_map(|home| names(home).into_iter().map(move |name| (home, name)));
    for (folder, name) in others.chain(there) {
        // Parsing is cheap, resolving is not: with many variants it would take seconds per experiment.
        if !name.starts_with(stem)
            || parsed(folder, &name).is_some_and(|other| differ(fields.map(), &other))
        {
            continue;
        }
        let other = read(folder, &name, &source.workspace);
        if other.is_some_and(|other| other.twin == twin.0) {
            let path = folder.join(format!("{name}.rs"));
            let path = path.strip_prefix(source.workspace.root()).unwrap_or(&path);
            errors.push(
                Diagnostic::new(
                    fields.key_span("run"),
                    format!("`{name}` is the same experiment: it would give the same numbers"),
                )
                .help("delete one of the two files, or change what makes it different")
                .note(path.display().to_string()),
            );
        }
    }
    borrowed
}

fn borrow(
    study: &str,
    fields: &Fields<'_>,
    experiment: &Experiment,
    borders: &Split,
    source: &Source,
    errors: &mut Vec<Diagnostic>,
) -> Option<(Borrowed, Task)> {
    let workspace = &source.workspace;
    let folder = source.file.as_deref().and_then(Path::parent)?;
    let span = study_span(fields, study);
    let Some(other) = read(folder, study, workspace) else {
        errors.push(
            Diagnostic::new(span, format!("`{study}` is itself wrong"))
                .help(format!("correct {study}.rs first")),
        );
        return None;
    };
    let theirs = &other.experiment;
    let mut differences = Vec::new();
    let mut differ = |what: &str, same: bool, ours: String, other: String| {
        if !same {
            differences.push(format!("{what}: {other} there, {ours} here"));
        }
    };
    differ(
        "budget",
        theirs.budget == experiment.budget,
        experiment.budget.to_string(),
        theirs.budget.to_string(),
    );
    differ(
        "horizon",
        theirs.horizon == experiment.horizon,
        experiment.horizon.days().to_string(),
        theirs.horizon.days().to_string(),
    );
    differ(
        "timescale",
        theirs.timescale == experiment.timescale,
        experiment.timescale.to_string(),
        theirs.timescale.to_string(),
    );
    differ(
        "data",
        theirs.data == experiment.data,
        experiment.data.name.clone(),
        theirs.data.name.clone(),
    );
    differ(
        "features",
        theirs.features == experiment.features,
        format!("{} features", experiment.features.len()),
        format!("{} features", theirs.features.len()),
    );
    differ(
        "context",
        theirs.context == experiment.context,
        experiment.context.to_string(),
        theirs.context.to_string(),
    );
    differ(
        "split",
        other.borders == *borders,
        split_text(&experiment.split),
        split_text(&theirs.split),
    );
    for (what, ours, other) in [
        (
            "label price",
            experiment.label_price.name().to_owned(),
            theirs.label_price.name().to_owned(),
        ),
        (
            "normalisation",
            json(&experiment.normalisation),
            json(&theirs.normalisation),
        ),
        (
            "channels",
            json(&experiment.channels),
            json(&theirs.channels),
        ),
        (
            "patch",
            format!("{} by {}", experiment.patch, experiment.stride),
            format!("{} by {}", theirs.patch, theirs.stride),
        ),
        (
            "loss",
            json(&experiment.training.loss),
            json(&theirs.training.loss),
        ),
        (
            "objective",
            json(&experiment.training.objective),
            json(&theirs.training.objective),
        ),
        (
            "schedule",
            json(&experiment.training.schedule),
            json(&theirs.training.schedule),
        ),
    ] {
        differ(what, ours == other, ours, other);
    }
    if matches!(&experiment.run, Run::Train(train) if matches!(train.params, Params::Best(_))) {
        differ(
            "task",
            theirs.task == experiment.task,
            experiment.task.to_string(),
            theirs.task.to_string(),
        );
    }
    // A shape that the search may find must fit here, too.
    differ(
        "tolerance",
        theirs.tolerance <= experiment.tolerance,
        experiment.tolerance.to_string(),
        theirs.tolerance.to_string(),
    );
    if matches!(theirs.run, Run::Train(_)) {
        differences.push("it is a training, not a search".to_owned());
    }
    if !differences.is_empty() {
        let mut error = Diagnostic::new(span, format!("`{study}` does not match this experiment"));
        error.notes = differences;
        errors.push(
            error.help("borrow from a search that differs in nothing but, for `between`, the task"),
        );
        return None;
    }
    let path = folder.join(format!("{study}.rs"));
    let relative = path.strip_prefix(workspace.root()).unwrap_or(&path);
    let found = Borrowed {
        binary: study.to_owned(),
        experiment: theirs.name(),
        hash: other.hash.clone(),
        file: relative.to_string_lossy().into_owned(),
    };
    Some((found, theirs.task))
}

/// `between` takes the searches of a smaller and of a larger threshold.
fn check_enclosing(
    fields: &Fields<'_>,
    experiment: &Experiment,
    tasks: &[Task],
    errors: &mut Vec<Diagnostic>,
) {
    let (Some(low), Some(high)) = (tasks.iter().min(), tasks.iter().max()) else {
        return;
    };
    if tasks.len() == 2 && !(*low < experiment.task && experiment.task < *high) {
        let span = studies(fields)
            .first()
            .map_or_else(|| fields.key_span("run"), |name| name.span());
        errors.push(
            Diagnostic::new(
                span,
                format!("{} does not lie between {low} and {high}", experiment.task),
            )
            .help("one search of a smaller threshold and one of a larger"),
        );
    }
}

/// Borders as an experiment writes them.
fn split_text(split: &Split) -> String {
    format!(
        "val {}, test {}, embargo {}",
        split.val, split.test, split.embargo
    )
}

/// A name as it is written.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value)
        .unwrap_or_default()
        .replace('"', "")
}

/// The token that names a borrowed search.
fn study_span(fields: &Fields<'_>, study: &str) -> Span {
    studies(fields)
        .into_iter()
        .find(|name| *name == study)
        .map_or_else(|| fields.key_span("run"), |name| name.span())
}

/// The searches that `best` or `between` names.
fn studies<'a>(fields: &Fields<'a>) -> Vec<&'a Ident> {
    let Some(Node::Block(_, run)) = fields.optional("run") else {
        return Vec::new();
    };
    match run.get("params") {
        Some(Node::Call(_, arguments)) => arguments
            .iter()
            .filter_map(|node| match node {
                Node::Name(name) => Some(name),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Names of the experiments in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.strip_suffix(".rs")?;
            (path.is_file() && !name.starts_with('.')).then(|| name.to_owned())
        })
        .collect();
    names.sort();
    names
}

/// The body of a sibling.
fn parsed(folder: &Path, name: &str) -> Option<Map> {
    let text = fs::read_to_string(folder.join(format!("{name}.rs"))).ok()?;
    crate::body_of(&text)
}

/// Whether two experiments differ for certain: both say the same key, and plainly not the same.
fn differ(a: &Map, b: &Map) -> bool {
    a.entries
        .iter()
        // Two dates may be one border, and a tolerance may decide nothing.
        .filter(|(key, _)| {
            !UNHASHED_KEYS
                .iter()
                .chain(&["val", "test", "tolerance"])
                .any(|name| key == name)
        })
        .any(|(key, node)| {
            b.entries
                .iter()
                .any(|(other, value)| other == key && nodes_differ(node, value))
        })
}

/// Whether two values differ for certain; what is written in different ways may still mean the same.
fn nodes_differ(a: &Node, b: &Node) -> bool {
    let number = |node: &Node| match node {
        Node::Whole(value, _) => Some(*value as f64),
        Node::Real(value, _) => Some(*value),
        _ => None,
    };
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return a != b;
    }
    match (a, b) {
        (Node::Text(a, _), Node::Text(b, _)) => a != b,
        (Node::Name(a), Node::Name(b)) => a != b,
        (Node::Map(a), Node::Map(b)) => differ(a, b),
        (Node::Block(name, a), Node::Block(other, b)) => name != other || differ(a, b),
        (Node::Call(name, a), Node::Call(other, b)) => name == other && lists_differ(a, b),
        (Node::List(a, _), Node::List(b, _)) => lists_differ(a, b),
        _ => false,
    }
}

/// Lists of the same length that hold nothing which is certainly in one only; their order may or may not matter.
fn lists_differ(a: &[Node], b: &[Node]) -> bool {
    let lacks = |one: &[Node], other: &[Node]| {
        one.iter()
            .any(|item| other.iter().all(|other| nodes_differ(item, other)))
    };
    a.len() != b.len() || lacks(a, b)
}

fn read(folder: &Path, name: &str, workspace: &Workspace) -> Option<Checked> {
    let file = folder.join(format!("{name}.rs"));
    let text = fs::read_to_string(&file).ok()?;
    analyse_alone(&text, &Source::within(&file, workspace.clone())?)
}
