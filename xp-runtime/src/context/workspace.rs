//! Where data and outputs of a run are.

use std::path::PathBuf;

use xp_spec::files::{MANIFEST, Workspace};

use super::{error::RunError, spec::Spec};

/// The folder that `XP_WORKSPACE` names (tests use it, and so can a machine with a scratch disk), else the one that the experiment was built
/// in, else the one around the current folder.
pub(crate) fn find(spec: &Spec) -> Result<Workspace, RunError> {
    if let Some(folder) = std::env::var_os("XP_WORKSPACE").map(PathBuf::from) {
        return Workspace::find(&folder).ok_or_else(|| {
            RunError::Failed(format!(
                "XP_WORKSPACE is {}, and there is no {MANIFEST} in it or above",
                folder.display()
            ))
        });
    }
    let current = std::env::current_dir().ok();
    Workspace::find(spec.workspace.as_ref())
        .or_else(|| Workspace::find(&current?))
        .ok_or_else(|| {
            RunError::Failed(format!(
                "{}/{MANIFEST} is missing; restore it from git, or build the experiment where the workspace is now",
                spec.workspace
            ))
        })
}
