//! `cargo xp`: sets the machine up, validates experiments without rustc, libtorch or data, and runs the right cargo command
//! for everything else. It must build in seconds, before libtorch is there.

#[macro_use]
extern crate xp_terminal;

mod cargo;
mod commands;
mod cost;
mod experiments;
mod failure;
mod libtorch;
mod next;
mod parsers;
mod results;
mod selection;
mod session;
mod shell;
mod slurm;
mod study_status;
mod suggestion;
mod tools;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser};
use xp_clock::Clock;

use commands::Command;
use failure::Failure;
use session::Session;
use suggestion::with_suggestion;

/// Neural scaling-law experiments on market data that cannot be misconfigured.
#[derive(Parser)]
#[command(name = "cargo xp", bin_name = "cargo xp", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::try_parse().unwrap_or_else(|error| {
        let words = std::env::args_os().skip(1);
        let words: Vec<_> = words
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        with_suggestion(error, &Arguments::command(), &words).exit()
    });
    let code = |session: Session| -> Result<u8, Failure> { arguments.command.run(&session) };
    match Session::here(Clock::system()).and_then(code) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
