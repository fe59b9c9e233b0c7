//! `cargo xp compare A B`: builds and runs `xp-report`, which has the log and the records.

use clap::Args;

use crate::{cargo, failure::Failure, libtorch, session::Session};

/// Compares two searches, trainings, seeds (`NAME@1`) or runs by paired differences with intervals
#[derive(Args)]
pub(crate) struct Options {
    /// An experiment, one of its seeds as `NAME@1`, or a run id
    a: String,
    /// The other one: differences are A − B
    b: String,
    /// JSON instead of a Markdown table
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        libtorch::provide(&session.workspace, false)?;
        let mut arguments = vec!["compare".to_owned(), self.a.clone(), self.b.clone()];
        arguments.extend(self.json.then(|| "--json".to_owned()));
        cargo::built_binary(&session.workspace, "xp-report", &arguments)
    }
}
