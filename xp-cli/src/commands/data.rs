//! `cargo xp data`: builds and runs `xp-data`, which knows the options of its commands. Their list is here too, so that help and misspelt
//! names need no build; a test compares the two.

use clap::{Args, Subcommand};

use crate::{cargo, failure::Failure, libtorch, session::Session};

/// Adds, builds and verifies data sets
#[derive(Args)]
#[command(disable_help_subcommand = true, subcommand_value_name = "COMMAND")]
pub(crate) struct Options {
    #[command(subcommand)]
    command: DataCommand,
}

/// The commands of `xp-data`.
#[derive(Subcommand)]
enum DataCommand {
    /// Checks a file of daily bars and adds it to the manifest: CSV of any provider, gzip of one, parquet
    Import(Passed),
    /// Simulates daily bars of a market whose label probabilities are known, and adds them to the manifest
    Simulate(Passed),
    /// Shows data sets: rows, source, findings, effective dimension of each tier, drift for the default split
    Show(Passed),
    /// Builds processed data sets and their locks; writes only what changed
    Build(Passed),
    /// Writes schema locks and manifest without the processed files
    Lock(Passed),
    /// Checks MD5s and lineage of raw and processed files
    Verify(Passed),
}

/// What `xp-data` reads by itself, `--help` too.
#[derive(Args)]
#[command(disable_help_flag = true)]
struct Passed {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        libtorch::provide(&session.workspace, false)?;
        let (name, passed) = match &self.command {
            DataCommand::Import(passed) => ("import", passed),
            DataCommand::Simulate(passed) => ("simulate", passed),
            DataCommand::Show(passed) => ("show", passed),
            DataCommand::Build(passed) => ("build", passed),
            DataCommand::Lock(passed) => ("lock", passed),
            DataCommand::Verify(passed) => ("verify", passed),
        };
        let arguments = [&[name.to_owned()], passed.arguments.as_slice()].concat();
        cargo::built_binary(&session.workspace, "xp-data", &arguments)
    }
}
