//! `cargo xp study NAME`: where a search stands. The experiment itself knows; this builds it and asks.

use xp_spec::files::Workspace;

use crate::{Failure, cargo, check::unknown_name, experiments::all, setup};

/// Runs the experiment with `--study`.
pub(crate) fn study(
    workspace: &Workspace,
    name: &str,
    arguments: &[String],
) -> Result<u8, Failure> {
    let experiments = all(workspace)?;
    if !experiments.iter().any(|found| found.name == name) {
        return Err(unknown_name(name, &experiments));
    }
    setup::setup(workspace, &setup::Options::libtorch_only())?;
    let arguments = [&["--study".to_owned()], arguments].concat();
    cargo::experiment(workspace, name, &arguments, true)
}
