//! `cargo xp data`: builds and runs `xp-data`, which knows its own options.

use clap::Args;

use crate::{cargo, failure::Failure, libtorch, session::Session};

/// Builds or verifies data sets
#[derive(Args)]
pub(crate) struct Options {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        libtorch::provide(&session.workspace, false)?;
        cargo::built_binary(&session.workspace, "xp-data", &self.arguments)
    }
}
