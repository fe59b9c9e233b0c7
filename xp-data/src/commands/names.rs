//! The data sets that a command is for.

use clap::Args;
use xp_data::DataError;
use xp_spec::files::Workspace;

#[derive(Args)]
pub(crate) struct Names {
    /// Names in the manifest; all processed ones if none is given.
    names: Vec<String>,
}

impl Names {
    /// Whether names are given.
    pub(super) fn is_named(&self) -> bool {
        !self.names.is_empty()
    }

    /// The names that are given, or all processed ones.
    pub(super) fn or_all(self, workspace: &Workspace) -> Result<Vec<String>, DataError> {
        if self.names.is_empty() {
            return Ok(workspace.manifest()?.processed.into_keys().collect());
        }
        Ok(self.names)
    }
}
