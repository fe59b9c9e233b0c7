//! One builder at a time in a workspace: two that read and rewrite the manifest would lose one another's entries.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use xp_spec::files::Workspace;

use crate::error::DataError;

/// Held while data is built; the operating system frees it when the process ends, however it ends.
pub(crate) struct Alone {
    _lock: File,
}

const LOCK: &str = "data/processed/.lock";

impl Alone {
    /// Refuses where another builder is at work.
    pub(crate) fn claim(workspace: &Workspace) -> Result<Self, DataError> {
        let file = open(workspace)?;
        match file.try_lock() {
            Ok(()) => Ok(Self::held(workspace, file)),
            Err(TryLockError::WouldBlock) => Err(DataError::Busy),
            Err(TryLockError::Error(cause)) => Err(failed(workspace, &cause)),
        }
    }

    /// Waits until another builder has ended: what it builds may be what is wanted here.
    pub(crate) fn wait(workspace: &Workspace) -> Result<Self, DataError> {
        let file = open(workspace)?;
        file.lock().map_err(|cause| failed(workspace, &cause))?;
        Ok(Self::held(workspace, file))
    }

    /// Nobody else writes now, so that temporary files are those of builders that were killed.
    fn held(workspace: &Workspace, file: File) -> Self {
        for folder in ["data/processed", "data/locks", "data/raw", "data"] {
            let entries = fs::read_dir(workspace.root().join(folder));
            for path in entries
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path())
            {
                if is_temporary(&path) {
                    // One that cannot be removed is harmless.
                    let _ = fs::remove_file(&path);
                }
            }
        }
        Self { _lock: file }
    }
}

fn is_temporary(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with('.') && name.ends_with(".tmp"))
}

fn open(workspace: &Workspace) -> Result<File, DataError> {
    let path = workspace.root().join(LOCK);
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| {
            File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
        })
        .map_err(|cause| failed(workspace, &cause))
}

fn failed(workspace: &Workspace, cause: &std::io::Error) -> DataError {
    DataError::write(&workspace.root().join(LOCK), cause)
}
