//! One process that builds or imports at a time in a workspace: two that read and rewrite the manifest would lose one another's entries.

use std::fs::{self, File, TryLockError};

use xp_spec::files::{Workspace, sweep_temporaries};

use crate::error::DataError;

/// Exclusive lock of the data of a workspace; the operating system releases it when the process exits, however it exits.
pub(crate) struct ProcessLock {
    _file: File,
}

const LOCK: &str = "data/processed/.lock";

impl ProcessLock {
    /// Acquires the lock, or refuses where another process holds it.
    pub(crate) fn try_acquire(workspace: &Workspace) -> Result<Self, DataError> {
        let file = open(workspace)?;
        match file.try_lock() {
            Ok(()) => Ok(Self::acquired(workspace, file)),
            Err(TryLockError::WouldBlock) => Err(DataError::Busy),
            Err(TryLockError::Error(cause)) => Err(failed(workspace, &cause)),
        }
    }

    /// Acquires the lock, waiting for a process that holds it: it may be building the same data.
    pub(crate) fn acquire(workspace: &Workspace) -> Result<Self, DataError> {
        let file = open(workspace)?;
        file.lock().map_err(|cause| failed(workspace, &cause))?;
        Ok(Self::acquired(workspace, file))
    }

    /// Temporary files of builders that were killed are removed now.
    fn acquired(workspace: &Workspace, file: File) -> Self {
        sweep_temporaries(&workspace.root().join("data"));
        Self { _file: file }
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
