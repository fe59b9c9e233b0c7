//! `cargo xp study NAME`: the state of a search. The experiment itself knows it; this builds and runs it.

use clap::Args;

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
    /// Name of the binary
    name: String,
    /// Options of the run that is asked about, such as `--trials 80`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let experiments = all(workspace)?;
        if !experiments.iter().any(|found| found.name == self.name) {
            return Err(unknown_name(&self.name, &experiments));
        }
        libtorch::provide(workspace, false)?;
        let arguments = [&["--study".to_owned()], self.arguments.as_slice()].concat();
        cargo::experiment(workspace, &self.name, &arguments, true)
    }
}
