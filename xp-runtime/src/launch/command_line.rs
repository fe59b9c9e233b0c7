//! The command line of an experiment: the options of the run, and how much it prints.

use clap::Parser;

use crate::{context::Options, journal::Verbosity};

/// The command line.
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(
    about = "Runs one validated experiment; the same command resumes where an earlier run stopped."
)]
pub(super) struct CommandLine {
    #[command(flatten)]
    pub(super) options: Options,
    /// Print warnings and errors only
    #[arg(long, conflicts_with_all = ["verbose", "json"])]
    quiet: bool,
    /// Also print how long each stage took
    #[arg(long, conflicts_with = "json")]
    verbose: bool,
    /// Print JSON lines on standard output
    #[arg(long)]
    json: bool,
}

impl CommandLine {
    /// How much is printed on the terminal, and in which form.
    pub(super) fn verbosity(&self) -> Verbosity {
        match (self.options.worker, self.quiet, self.verbose, self.json) {
            (Some(_), ..) => Verbosity::Worker,
            (_, true, ..) => Verbosity::Quiet,
            (_, _, true, _) => Verbosity::Verbose,
            (.., true) => Verbosity::Json,
            _ => Verbosity::Plain,
        }
    }
}
