//! `cargo xp test`: the one test command.

use clap::Args;
use xp_spec::files::Workspace;

use crate::{
    Failure,
    cargo::{cargo, code, status},
    list, setup,
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

/// Validates all experiments, builds them, and runs every test of the workspace; snapshots must match as they are.
pub(crate) fn test(workspace: &Workspace, options: &Options) -> Result<u8, Failure> {
    let checked = list::check(workspace, &[])?;
    if checked != 0 {
        return Ok(checked);
    }
    setup::setup(workspace, &setup::Options::libtorch_only())?;
    let built = status(&mut cargo(workspace, &["build", "-p", "experiments"]))?;
    if !built.success() {
        return Ok(code(built));
    }
    let mut command = cargo(workspace, &["test", "--workspace", "--no-fail-fast"]);
    command.args(&options.arguments).env("INSTA_UPDATE", "no");
    if options.long {
        command.env("XP_LONG_TESTS", "1");
    }
    // Tests that cannot run here print `skipped: reason`; without --nocapture cargo would hide it.
    if !options.arguments.iter().any(|argument| argument == "--") {
        command.args(["--", "--show-output"]);
    }
    status(&mut command).map(code)
}
