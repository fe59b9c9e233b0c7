//! `xp-data import|simulate|show|build|lock|verify`: called by `cargo xp data`.

#[macro_use]
extern crate xp_terminal;

mod commands;

use std::process::ExitCode;

use clap::Parser;
use xp_clock::Clock;
use xp_spec::files::Workspace;

use commands::Command;

/// Builds and verifies the data sets of data/manifest.yaml.
#[derive(Parser)]
#[command(name = "cargo xp data", bin_name = "cargo xp data", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let here = std::env::current_dir().ok();
    let Some(workspace) = here.and_then(|folder| Workspace::find(&folder)) else {
        complain!("error: there is no data/manifest.yaml in this folder or above");
        return ExitCode::FAILURE;
    };
    match arguments.command.run(&workspace, &Clock::system()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
