//! The list of commands.
//!
//! **To add a command**, write `commands/NAME.rs` with its `Options` (`clap::Args`, whose documentation is its help) and
//! `fn run(&self, &Session) -> Result<u8, Failure>` (the exit code), and add its lines here.

mod cancel;
mod check;
mod compare;
mod data;
mod doctor;
mod explain;
mod index;
mod list;
mod new;
mod plan;
mod report;
mod run;
mod setup;
mod status;
mod study;
mod submit;
mod test;

use clap::Subcommand;

use crate::{failure::Failure, session::Session};

/// All commands, in the order of the help.
#[derive(Subcommand)]
pub(crate) enum Command {
    Setup(setup::Options),
    Run(run::Options),
    Submit(submit::Options),
    Status(status::Options),
    Cancel(cancel::Options),
    Test(test::Options),
    Check(check::Options),
    New(new::Options),
    List(list::Options),
    Explain(explain::Options),
    Plan(plan::Options),
    Index(index::Options),
    Study(study::Options),
    Data(data::Options),
    Report(report::Options),
    Compare(compare::Options),
    Doctor(doctor::Options),
}

impl Command {
    /// Runs a command; its exit code.
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        match self {
            Self::Setup(options) => options.run(session),
            Self::Run(options) => options.run(session),
            Self::Submit(options) => options.run(session),
            Self::Status(options) => options.run(session),
            Self::Cancel(options) => options.run(session),
            Self::Test(options) => options.run(session),
            Self::Check(options) => options.run(session),
            Self::New(options) => options.run(session),
            Self::List(options) => options.run(session),
            Self::Explain(options) => options.run(session),
            Self::Plan(options) => options.run(session),
            Self::Index(options) => options.run(session),
            Self::Study(options) => options.run(session),
            Self::Data(options) => options.run(session),
            Self::Report(options) => options.run(session),
            Self::Compare(options) => options.run(session),
            Self::Doctor(options) => options.run(session),
        }
    }
}
