//! Cargo commands. Builds always select the package `experiments` too: cargo unifies features over what is selected, and
//! another selection would compile polars and libtorch's bindings a second time.

use std::{
    path::PathBuf,
    process::{Command, ExitStatus},
};

use xp_spec::files::Workspace;

use crate::failure::Failure;

/// A cargo command in the workspace, with inherited terminal and environment.
pub(crate) fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(workspace.root()).args(arguments);
    // The cargo that started us set these for our own package; build scripts downstream (ring's) watch them and would rebuild polars.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a command; the error names the one that could not be started.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus, Failure> {
    command.status().map_err(|cause| {
        Failure::new(format!(
            "failed to start {}: {cause}",
            command.get_program().to_string_lossy()
        ))
    })
}

/// Exit code of a finished command; a signal counts as 1.
pub(crate) fn code(status: ExitStatus) -> u8 {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
}

/// Builds an experiment and runs it with these options; `quiet` leaves cargo's own lines out.
pub(crate) fn experiment(
    workspace: &Workspace,
    name: &str,
    arguments: &[String],
    quiet: bool,
) -> Result<u8, Failure> {
    let mut command = cargo(workspace, &["run", "-p", "experiments", "--bin", name]);
    if quiet {
        command.arg("--quiet");
    }
    status(command.arg("--").args(arguments)).map(code)
}

/// Where cargo, which runs in the workspace, puts a binary.
pub(crate) fn binary(workspace: &Workspace, name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
    let target = target.unwrap_or_else(|| "target".into());
    let folder = workspace.root().join(target);
    folder.join("debug").join(name)
}

/// Builds experiments, all with one command.
pub(crate) fn build(workspace: &Workspace, names: &[&str]) -> Result<ExitStatus, Failure> {
    let bins = names.iter().flat_map(|name| ["--bin", name]);
    status(cargo(workspace, &["build", "-p", "experiments"]).args(bins))
}

/// Builds a binary together with the experiments and runs it.
pub(crate) fn built_binary(
    workspace: &Workspace,
    name: &str,
    arguments: &[String],
) -> Result<u8, Failure> {
    let build = status(&mut cargo(
        workspace,
        &["build", "-p", "experiments", "-p", name, "--bin", name],
    ))?;
    if !build.success() {
        return Ok(code(build));
    }
    let mut command = Command::new(binary(workspace, name));
    command.current_dir(workspace.root()).args(arguments);
    status(&mut command).map(code)
}
