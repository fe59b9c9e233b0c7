//! `cargo xp test`: the one test command.

use clap::Args;
use xp_spec::files::Workspace;

use super::check::check;
use crate::{
    cargo::{cargo, code, status},
    experiments::all,
    failure::Failure,
    libtorch,
    session::Session,
};

/// Runs all tests
#[derive(Args)]
pub(crate) struct Options {
    /// Also the tests that take long
    #[arg(long)]
    long: bool,
    /// Arguments of `cargo test`, such as a filter
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Crates that need neither polars nor libtorch: their failures come early.
const LIGHT: [&str; 19] = [
    "xp-clock",
    "xp-spec",
    "xp-macros-core",
    "xp-macros",
    "xp-host",
    "xp-metrics",
    "xp-postgres",
    "xp-search",
    "xp-report",
    "xp-scaling",
    "xp-bars",
    "xp-simulation",
    "xp-baselines",
    "xp-step",
    "xp-terminal",
    "xp-cli",
    "xp-fuzz",
    "xp-tests",
    "xp-test-support",
];

/// Crates on polars and libtorch. Not `--workspace`, and no test harness for each of the experiments' binaries, which have no tests.
const HEAVY: [&str; 4] = ["experiments", "xp-data", "xp-engine", "xp-runtime"];

impl Options {
    /// Validates all experiments, builds them, and runs every test; snapshots must match as they are. Goes on after a failing
    /// group and returns the first failure.
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let checked = check(workspace, &all(workspace)?, &[], false)?;
        if checked != 0 {
            return Ok(checked);
        }
        let light = tests(workspace, self, &LIGHT, &[])?;
        libtorch::provide(workspace, false)?;
        let build = &["build", "-p", "experiments"];
        let built = code(status(&mut cargo(workspace, build))?);
        if built != 0 {
            return Ok(built);
        }
        let heavy = tests(workspace, self, &HEAVY, &["--lib", "--test", "*"])?;
        Ok(if light == 0 { heavy } else { light })
    }
}

fn tests(
    workspace: &Workspace,
    options: &Options,
    packages: &[&str],
    targets: &[&str],
) -> Result<u8, Failure> {
    let mut command = cargo(workspace, &["test", "--no-fail-fast"]);
    for package in packages {
        command.args(["-p", package]);
    }
    command
        .args(targets)
        .args(&options.arguments)
        .env("INSTA_UPDATE", "no");
    if options.long {
        command.env("XP_LONG_TESTS", "1");
    }
    // Tests that cannot run here print `skipped: reason`; cargo hides the output of passing tests.
    if !options.arguments.iter().any(|argument| argument == "--") {
        command.args(["--", "--show-output"]);
    }
    status(&mut command).map(code)
}
