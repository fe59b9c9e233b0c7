//! `cargo xp study NAME`: the state of a search. The experiment itself knows it; this builds and runs it.

use clap::Args;
use xp_spec::experiment::Run;

use crate::{
    cargo,
    experiments::{all, unknown_name},
    failure::Failure,
    libtorch,
    session::Session,
};

/// Shows the state of a search, what mattered in it, and what running it would do
#[derive(Args)]
pub(crate) struct Options {
    /// Name of a search
    name: String,
    /// Options of the run that is asked about, such as `--trials 80`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let experiments = all(workspace)?;
        let found = experiments
            .iter()
            .find(|found| found.name == self.name)
            .ok_or_else(|| unknown_name(&self.name, &experiments))?;
        if let Ok(checked) = &found.checked
            && let Run::Train(_) = checked.experiment.run
        {
            return Err(a_training(&self.name, &checked.borrowed));
        }
        libtorch::provide(workspace, false)?;
        let arguments = [&["--study".to_owned()], self.arguments.as_slice()].concat();
        cargo::experiment(workspace, &self.name, &arguments, true)
    }
}

/// The error for a training, which has seeds and no study.
fn a_training(name: &str, borrowed: &[xp_macros_core::Borrowed]) -> Failure {
    let searches: Vec<_> = borrowed
        .iter()
        .map(|search| format!("`cargo xp study {}`", search.binary))
        .collect();
    let of_searches = if searches.is_empty() {
        String::new()
    } else {
        format!(
            "\n  help: {} shows what it borrows from",
            searches.join(" or ")
        )
    };
    Failure::new(format!(
        "`{name}` is a training, and only searches have a study{of_searches}\n  help: `cargo xp list --status` shows which of its seeds have finished"
    ))
}
