//! Whether the searches that a new training borrows from are there, and how to write those that are not.

use xp_macros_core::{Source, analyse_file};
use xp_spec::{
    files::{EXPERIMENTS, Workspace},
    task::Task,
    train_part::TrainPart,
};

use super::{
    file::{self, Kind},
    request::{One, Request},
    shapes::architecture,
    start::Start,
};
use crate::{experiments::Found, parsers, shell};

/// The error names the search that is missing and the command that writes it.
pub(super) fn check(
    workspace: &Workspace,
    request: &Request,
    one: &One,
    (existing, start): (&[Found], &Start),
    search_of: &dyn Fn(Task) -> String,
) -> Result<(), String> {
    let mut missing = request.prerequisites(one.task);
    missing.retain(|task| {
        let search = search_of(*task);
        !existing.iter().any(|found| found.name == search)
    });
    let Some(&first) = missing.first() else {
        return Ok(());
    };
    let search = search_of(first);
    let text = file::text(
        (request, Kind::Hpo),
        &One {
            budget: one.budget,
            task: first,
            part: TrainPart::Whole,
            variant: request.variant.clone(),
        },
        (
            "phase1",
            start,
            architecture(workspace, one.budget, &request.subject),
        ),
        search_of,
    );
    Err(format!(
        "error: there is no experiment `{search}` to borrow from\n  help: write the search first: `{}`{}",
        command(request, one, &missing),
        refusal(workspace, &search, &text).map_or_else(String::new, |reason| format!(
            "\n  note: as it is, it would be refused: {reason}; add what makes it another one, such as `--sampler tpe`"
        ))
    ))
}

/// The command that writes the searches of these tasks.
fn command(request: &Request, one: &One, tasks: &[Task]) -> String {
    let tasks: Vec<_> = tasks.iter().map(|task| parsers::short(*task)).collect();
    let mut words: Vec<String> = ["cargo", "xp", "new", "hpo", "--budget"]
        .map(ToOwned::to_owned)
        .to_vec();
    words.extend([one.budget.to_string(), "--task".to_owned(), tasks.join(",")]);
    words.extend(request.subject.words());
    if let Some(variant) = &request.variant {
        words.extend(["--variant".to_owned(), variant.clone()]);
    }
    shell::command(words)
}

/// Why a search could not be written: one that differs from another by its variant only is the same experiment.
fn refusal(workspace: &Workspace, name: &str, text: &str) -> Option<String> {
    let path = workspace
        .root()
        .join(EXPERIMENTS)
        .join(format!("{name}.rs"));
    let source = Source::within(&path, workspace.clone())?;
    let errors = analyse_file(text, &source).err()?;
    Some(errors.first()?.headline.clone())
}
