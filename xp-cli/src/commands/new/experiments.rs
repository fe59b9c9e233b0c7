//! Writes the files of new experiments that would be right, and says what to run next.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use xp_macros_core::{Source, analyse_file};
use xp_spec::{
    experiment::Experiment,
    files::{EXPERIMENTS, Workspace},
    name::{NameFields, binary_name},
};
use xp_terminal::{width, wrapped};

use super::{
    file::{self, Kind},
    phase::{Like, Phase, phase},
    prerequisites,
    request::{One, Request},
    shapes::architecture,
    start::start,
};
use crate::{
    commands::index,
    experiments::{Found, add, all, located, located_warnings},
    failure::Failure,
    next,
    session::Session,
    shell,
};

/// Writes the files that are not there yet and refreshes the index; 1 if one could not be written.
pub(super) fn write(session: &Session, request: &Request, kind: Kind) -> Result<u8, Failure> {
    let workspace = &session.workspace;
    match kind {
        Kind::Hpo => request.check_search()?,
        Kind::Train => request.check_training()?,
    }
    let defaults = workspace
        .defaults()
        .map_err(|error| Failure::new(error.to_string()))?;
    let existing = all(workspace)?;
    let start = start(request, &defaults.search);
    if kind == Kind::Hpo
        && let Some(why) = &start.why
    {
        say!("{}", wrapped(why, 0, width()));
    }
    let (mut written, mut refused, mut phases) = (Vec::new(), 0, Vec::new());
    for one in request.each() {
        let name = |search, task, variant: Option<&str>| {
            binary_name(
                &NameFields {
                    search,
                    budget: one.budget,
                    task,
                    horizon: request.subject.horizon.days(),
                    timescale: request.subject.timescale,
                    n_features: request.subject.features,
                    variant,
                },
                &defaults.name,
            )
        };
        // A part of train borrows from the search on the whole.
        let search_of = |task| name(true, task, request.variant.as_deref());
        let own = name(kind == Kind::Hpo, one.task, one.variant.as_deref());
        let phase = phase_of(request, &one, &existing);
        let architecture = architecture(workspace, one.budget, &request.subject);
        let how = (phase.name.as_str(), &start, architecture);
        let text = file::text((request, kind), &one, how, &search_of);
        let lent = match kind {
            Kind::Hpo => Ok(()),
            Kind::Train => {
                prerequisites::check(workspace, request, &one, (&existing, &start), &search_of)
            }
        };
        match lent.and_then(|()| write_one(workspace, &own, &text, (request.dry_run, true))) {
            Ok(done) => {
                say!("{}", done.trim_end());
                if !phase.why.is_empty() && !phases.contains(&phase) {
                    let text = format!("{}: {}; --phase sets another", phase.name, phase.why);
                    say!("{}", wrapped(&text, 0, width()));
                    phases.push(phase);
                }
                written.push(own);
            }
            Err(reason) => {
                complain!("{}", reason.trim_end());
                refused += 1;
            }
        }
    }
    if written.is_empty() {
        return Ok(1);
    }
    finish(session, existing, &written, request.dry_run)?;
    Ok(u8::from(refused > 0))
}

/// Refreshes the index after files were written, and says what to run next: of a dry run the same command without it.
pub(super) fn finish(
    session: &Session,
    mut found: Vec<Found>,
    written: &[String],
    dry_run: bool,
) -> Result<(), Failure> {
    if dry_run {
        let words = std::env::args().skip(1).filter(|word| word != "--dry-run");
        let words = ["cargo".to_owned(), "xp".to_owned()]
            .into_iter()
            .chain(words);
        xp_terminal::next(&shell::command(words));
        return Ok(());
    }
    for name in written {
        add(&session.workspace, name, &mut found)?;
    }
    index::write(&session.workspace, &found)?;
    say!("{} refreshed", index::PATH);
    let names: Vec<_> = written.iter().map(String::as_str).collect();
    next::say_run(session, &found, &names);
    Ok(())
}

/// The phase that is asked for, for which there is no reason to give, or that of its like.
fn phase_of(request: &Request, one: &One, existing: &[Found]) -> Phase {
    if let Some(phase) = &request.phase {
        return Phase {
            name: phase.clone(),
            why: String::new(),
        };
    }
    let known: Vec<&Experiment> = existing
        .iter()
        .filter_map(|found| Some(&found.checked.as_ref().ok()?.experiment))
        .collect();
    let like = Like {
        data: &request.subject.data,
        task: one.task,
        features: request.subject.features,
    };
    phase(&known, &like)
}

/// Checks a file's text and writes it, unless it is a dry run; the error is the reason why not. Where the command has options for it, messages
/// name those for another name and for lints.
pub(super) fn write_one(
    workspace: &Workspace,
    name: &str,
    text: &str,
    (dry_run, has_options): (bool, bool),
) -> Result<String, String> {
    let shown = format!("{EXPERIMENTS}/{name}.rs");
    let path = workspace.root().join(&shown);
    if path.exists() {
        let other = if has_options {
            "; `--variant NAME` writes another beside it"
        } else {
            ""
        };
        return Err(format!("error: {shown} exists and is left as it is{other}"));
    }
    let source = Source::within(&path, workspace.clone())
        .ok_or_else(|| format!("{shown} is no file name"))?;
    let checked = analyse_file(text, &source).map_err(|errors| {
        format!(
            "{shown} would be wrong and is not written\n{}",
            located(&shown, &errors)
        )
    })?;
    let (_, mut warnings) = located_warnings(&shown, &checked);
    if !warnings.is_empty() && has_options {
        warnings.push_str("  help: `--allow LINT=REASON` writes why a finding is meant\n");
    }
    if dry_run {
        return Ok(format!("{shown} would be\n\n{text}{warnings}"));
    }
    create(&path, text).map_err(|cause| format!("failed to write {shown}: {cause}"))?;
    Ok(format!("{shown} written\n{warnings}"))
}

/// Creates a file or fails: another process may have been faster.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}
