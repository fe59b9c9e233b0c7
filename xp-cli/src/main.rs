//! `cargo xp`: sets the machine up, validates experiments without rustc, libtorch or data, and runs the right cargo command
//! for everything else. It must build in seconds, before libtorch is there.

#[macro_use]
mod output;

mod cargo;
mod commands;
mod cost;
mod experiments;
mod failure;
mod libtorch;
mod session;
mod tools;

use std::process::ExitCode;

use clap::Parser;
use xp_clock::Clock;

use commands::Command;
use failure::Failure;
use session::Session;

/// Neural scaling-law experiments on market data that cannot be misconfigured.
#[derive(Parser)]
#[command(name = "cargo xp", bin_name = "cargo xp", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let code = |session: Session| -> Result<u8, Failure> { command.run(&session) };
    match Session::here(Clock::system()).and_then(code) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
