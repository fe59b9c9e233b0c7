//! One process that builds or imports at a time in a workspace: two that read and rewrite the manifest would lose one another's entries.

use std::time::Duration;

use xp_clock::Clock;
use xp_host::process_lock::{self, ProcessLockError};
use xp_spec::files::{Workspace, sweep_temporaries};

use crate::error::DataError;

/// Exclusive lock of the data of a workspace, by a lease where the file system has no locks.
pub(crate) struct ProcessLock {
    _lock: process_lock::ProcessLock,
}

impl ProcessLock {
    /// Acquires the lock, or refuses where another process holds it.
    pub(crate) fn try_acquire(workspace: &Workspace) -> Result<Self, DataError> {
        Self::acquire_within(workspace, Duration::ZERO, &mut |_| {})
    }

    /// Acquires the lock, waiting for a process that holds it: it may be building the same data. `on_wait` is told why, now and then.
    pub(crate) fn acquire(
        workspace: &Workspace,
        on_wait: &mut dyn FnMut(&str),
    ) -> Result<Self, DataError> {
        Self::acquire_within(workspace, Duration::MAX, on_wait)
    }

    /// Temporary files of builders that were killed are removed then.
    fn acquire_within(
        workspace: &Workspace,
        patience: Duration,
        on_wait: &mut dyn FnMut(&str),
    ) -> Result<Self, DataError> {
        let folder = workspace.root().join("data/processed");
        // Whatever clock a run is told, the holder of a lease renews it by the system's.
        let clock = Clock::system();
        let lock = process_lock::ProcessLock::acquire_waiting(&folder, &clock, patience, |_| {
            on_wait("waiting for another process that builds or imports data in this workspace");
        })
        .map_err(refused)?;
        sweep_temporaries(&workspace.root().join("data"));
        Ok(Self { _lock: lock })
    }
}

fn refused(error: ProcessLockError) -> DataError {
    match &error {
        ProcessLockError::Io { path, cause } => DataError::write(path, cause),
        ProcessLockError::Stopped { .. } => DataError::Stopped(error.to_string()),
        ProcessLockError::Held { .. }
        | ProcessLockError::Leased { .. }
        | ProcessLockError::Shared { .. }
        | ProcessLockError::TakenOver { .. } => DataError::Busy,
    }
}
