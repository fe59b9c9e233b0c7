//! One builder at a time in a workspace: two that read and rewrite the manifest would lose one another's entries.

use std::fs::{self, File, TryLockError};

use xp_spec::files::{Workspace, sweep_temporaries};

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

    /// What builders that were killed have left goes now.
    fn held(workspace: &Workspace, file: File) -> Self {
        sweep_temporaries(&workspace.root().join("data"));
        Self { _lock: file }
    }
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
