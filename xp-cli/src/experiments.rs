//! The experiments of the workspace, read by the macro's own library.

use std::{fs, path::PathBuf};

use xp_macros_core::{Checked, Diagnostic, Source, analyse_file};
use xp_spec::{
    experiment::Run,
    files::{EXPERIMENTS, Workspace},
    nearest::nearest,
};

use crate::failure::Failure;

/// One file and the result of its check.
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// First line of the file's `//!` text.
    pub(crate) about: String,
    pub(crate) checked: Result<Checked, Vec<Diagnostic>>,
}

/// All experiments, by name; searches before what borrows from them.
pub(crate) fn all(workspace: &Workspace) -> Result<Vec<Found>, Failure> {
    let folder = workspace.root().join(EXPERIMENTS);
    let unreadable = |cause: std::io::Error| {
        Failure::new(format!("failed to read {}: {cause}", folder.display()))
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        // As cargo does, editors' lock files (`.#name.rs`), folders and pipes are passed over.
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.is_file() && path.extension().is_some_and(|extension| extension == "rs")
        {
            found.push(read(path, workspace)?);
        } else if !hidden && path.join("main.rs").is_file() {
            found.push(folder_of_one(&path));
        }
    }
    found.sort_by_key(order);
    Ok(found)
}

/// Adds an experiment that was written after the others were read.
pub(crate) fn add(
    workspace: &Workspace,
    name: &str,
    found: &mut Vec<Found>,
) -> Result<(), Failure> {
    let path = workspace
        .root()
        .join(EXPERIMENTS)
        .join(format!("{name}.rs"));
    found.push(read(path, workspace)?);
    found.sort_by_key(order);
    Ok(())
}

/// Cargo builds `NAME/main.rs`, too, where the rules between experiments do not reach.
fn folder_of_one(path: &std::path::Path) -> Found {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Found {
        name: name.clone().into_owned(),
        about: String::new(),
        checked: Err(vec![
            Diagnostic::file_itself("an experiment is one file, not a folder")
                .help(format!("move it to {EXPERIMENTS}/{name}.rs")),
        ]),
        path: path.join("main.rs"),
    }
}

fn read(path: PathBuf, workspace: &Workspace) -> Result<Found, Failure> {
    let text = fs::read_to_string(&path);
    let source = Source::within(&path, workspace.clone())
        .ok_or_else(|| Failure::new(format!("{} lies in no workspace", path.display())))?;
    let checked = match &text {
        Ok(text) => analyse_file(text, &source),
        // One unreadable file, such as one that is not UTF-8, hides no other.
        Err(cause) => Err(vec![
            Diagnostic::file_itself(format!("the file cannot be read: {cause}"))
                .help("write it as UTF-8 text"),
        ]),
    };
    Ok(Found {
        name: source.binary.clone(),
        about: text
            .unwrap_or_default()
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("//!"))
            .unwrap_or_default()
            .trim()
            .to_owned(),
        checked,
        path,
    })
}

/// What a run does, in a few words.
pub(crate) fn run_text(checked: &Checked) -> String {
    match &checked.experiment.run {
        Run::Hpo(hpo) => format!("search, {} trials", hpo.trials),
        Run::Train(train) => format!("training, {} seeds", train.seeds.len()),
    }
}

/// Searches first, then by budget, task and name.
fn order(found: &Found) -> (bool, u64, u32, String) {
    match &found.checked {
        Ok(checked) => (
            !checked.borrowed.is_empty(),
            checked.experiment.budget.nominal(),
            checked.experiment.task.percent(),
            found.name.clone(),
        ),
        Err(_) => (false, 0, 0, found.name.clone()),
    }
}

/// The errors of a file as rustc would print their headlines: `path:line:column: error: …`.
pub(crate) fn diagnostics(workspace: &Workspace, found: &Found) -> String {
    match &found.checked {
        Ok(_) => String::new(),
        Err(errors) => located(&relative(workspace, found), errors),
    }
}

/// The file of an experiment, relative to the workspace.
fn relative(workspace: &Workspace, found: &Found) -> String {
    let path = found.path.strip_prefix(workspace.root());
    path.unwrap_or(&found.path).display().to_string()
}

/// What the lints found in a right file, likewise, but for what it allows; with the number of findings.
pub(crate) fn warnings(workspace: &Workspace, found: &Found) -> (usize, String) {
    match &found.checked {
        Ok(checked) => located_warnings(&relative(workspace, found), checked),
        Err(_) => (0, String::new()),
    }
}

/// Findings that the experiment does not allow, with the positions of their tokens in the file `path`.
pub(crate) fn located_warnings(path: &str, checked: &Checked) -> (usize, String) {
    let findings = checked.findings.iter();
    let warnings: Vec<_> = findings
        .filter(|finding| finding.reason.is_none())
        .map(|finding| finding.located(path))
        .collect();
    (warnings.len(), warnings.concat())
}

/// Errors with the positions of their tokens in the file `path`.
pub(crate) fn located(path: &str, errors: &[Diagnostic]) -> String {
    errors.iter().map(|error| error.located(path)).collect()
}

/// The error for a name that no experiment has.
pub(crate) fn unknown_name(name: &str, found: &[Found]) -> Failure {
    let near = nearest(name, found.iter().map(|found| found.name.as_str()));
    Failure::new(match near {
        Some(near) => format!("there is no experiment `{name}`; did you mean `{near}`?"),
        None => format!("there is no experiment `{name}`; `cargo xp list` names them"),
    })
}
