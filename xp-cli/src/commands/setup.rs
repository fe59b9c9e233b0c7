//! `cargo xp setup`: libtorch and the tools, for plain cargo commands.

use clap::Args;

use crate::{failure::Failure, libtorch, session::Session, tools};

/// Gets libtorch and the tools; does nothing where they are there
#[derive(Args)]
pub(crate) struct Options {
    /// Leave cargo-insta alone
    #[arg(long)]
    no_tools: bool,
    /// Use a torch 2.13.0 with CUDA that is installed
    #[arg(long)]
    cuda: bool,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        libtorch::provide(&session.workspace, self.cuda)?;
        if !self.no_tools {
            tools::cargo_insta()?;
        }
        xp_terminal::next("cargo xp list --status");
        Ok(0)
    }
}
