//! The commands of `cargo xp data`, one file each. [`Command`] is their one registration place.

mod build;
mod findings;
mod import;
mod lock;
mod names;
mod progress;
mod show;
mod simulate;
mod verify;

use clap::Subcommand;
use xp_clock::Clock;
use xp_data::DataError;
use xp_spec::files::Workspace;

use import::Import;
use names::Names;
use simulate::Simulate;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Checks a file of daily bars and adds it to the manifest: CSV of any provider, gzip of one, parquet.
    Import(Import),
    /// Simulates daily bars of a market whose label probabilities are known, and adds them to the manifest.
    Simulate(Simulate),
    /// Shows data sets: rows, source, findings, effective dimension of each tier, drift for the default split.
    Show(Names),
    /// Builds processed data sets and their locks; writes only what changed.
    Build(Names),
    /// Writes schema locks and manifest without the processed files.
    Lock(Names),
    /// Checks MD5s and lineage of raw and processed files.
    Verify(Names),
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(self, workspace: &Workspace, clock: &Clock) -> Result<(), DataError> {
        match self {
            Self::Import(arguments) => import::run(workspace, arguments, clock),
            Self::Simulate(arguments) => simulate::run(workspace, arguments),
            Self::Show(names) => show::run(workspace, names, clock),
            Self::Build(names) => build::run(workspace, names),
            Self::Lock(names) => lock::run(workspace, names),
            Self::Verify(names) => verify::run(workspace, names, clock),
        }
    }
}
