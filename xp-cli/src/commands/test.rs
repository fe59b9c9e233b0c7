//! `cargo xp test`: the one test command.

use clap::Args;
use xp_spec::files::Workspace;

use crate::{
    Failure,
    cargo::{cargo, code, status},
    check, setup,
};

/// Which tests.
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
const LIGHT: [&str; 10] = [
    "xp-spec",
    "xp-macros-core",
    "xp-macros",
    "xp-host",
    "xp-search",
    "xp-report",
    "xp-baselines",
    "xp-step",
    "xp-cli",
    "xp-tests",
];

/// Crates on polars and libtorch. Not `--workspace`, and no test harness for each of the experiments' binaries, which have no tests.
const HEAVY: [&str; 3] = ["experiments", "xp-data", "xp-runtime"];

/// Validates all experiments, builds them, and runs every test; snapshots must match as they are. Goes on after a failing
/// group and returns the first failure.
pub(crate) fn test(workspace: &Workspace, options: &Options) -> Result<u8, Failure> {
    let checked = check::check(workspace, &[])?;
    if checked != 0 {
        return Ok(checked);
    }
    let light = run(workspace, options, &LIGHT, &[])?;
    setup::setup(workspace, &setup::Options::libtorch_only())?;
    let built = code(status(&mut cargo(
        workspace,
        &["build", "-p", "experiments"],
    ))?);
    if built != 0 {
        return Ok(built);
    }
    let heavy = run(workspace, options, &HEAVY, &["--lib", "--test", "*"])?;
    Ok(if light == 0 { heavy } else { light })
}

fn run(
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
    // Tests that cannot run here print `skipped: reason`; cargo hides what passing tests say.
    if !options.arguments.iter().any(|argument| argument == "--") {
        command.args(["--", "--show-output"]);
    }
    status(&mut command).map(code)
}
