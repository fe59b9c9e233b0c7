//! The location of an experiment: its file, its name, its workspace.

use std::path::{Path, PathBuf};

use xp_spec::files::Workspace;

/// The file of an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file, absolute; absent where an editor does not provide it.
    pub file: Option<PathBuf>,
    /// Name of the binary: the file's name without `.rs`.
    pub binary: String,
    /// The workspace around it; clones share what was read.
    pub workspace: Workspace,
}

impl Source {
    /// The source of a file inside a workspace; `None` where there is no workspace above it or the file has no name.
    pub fn of(file: &Path) -> Option<Self> {
        let file = std::path::absolute(file).ok()?;
        let workspace = Workspace::find(&file)?;
        Self::within(&file, workspace)
    }

    /// The source of a file in a known workspace; `None` where the file has no name.
    pub fn within(file: &Path, workspace: Workspace) -> Option<Self> {
        let file = std::path::absolute(file).ok()?;
        let binary = file.file_stem()?.to_str()?.to_owned();
        Some(Self {
            file: Some(file),
            binary,
            workspace,
        })
    }

    /// The file's text, where it can be read.
    pub(crate) fn text(&self) -> Option<String> {
        std::fs::read_to_string(self.file.as_ref()?).ok()
    }

    /// The file relative to the workspace.
    pub(crate) fn relative_file(&self) -> String {
        let Some(file) = &self.file else {
            return format!("{}.rs", self.binary);
        };
        file.strip_prefix(self.workspace.root())
            .unwrap_or(file)
            .to_string_lossy()
            .into_owned()
    }
}
