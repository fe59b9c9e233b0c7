//! Locks of the operating system, which it releases when a process exits, however it exits. Where there are none it says so; it decides
//! nothing from that.

use std::{
    fs::{File, TryLockError},
    path::Path,
    time::Duration,
};

use xp_spec::files::same_file;

use super::{content, error::ProcessLockError, mode::Mode, wait::Wait};
use crate::file_system::{FileSystem, Reach, lock_is_unsupported};

/// The calls by which files are locked; tests have others, since few machines have a file system without locks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Locking {
    pub(super) try_exclusive: fn(&File) -> Result<(), TryLockError>,
    pub(super) try_shared: fn(&File) -> Result<(), TryLockError>,
    /// Between whom the locks of a folder exclude.
    pub(super) reach: fn(&Path) -> Reach,
}

/// Those of the operating system.
pub(super) const SYSTEM: Locking = Locking {
    try_exclusive: File::try_lock,
    try_shared: File::try_lock_shared,
    reach: |folder| FileSystem::of(folder).map_or(Reach::Unknown, |found| found.flock()),
};

/// What became of an attempt that no other process refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Locked,
    /// The file system has no locks.
    Unsupported,
    /// The path names another file now, or none: the folder was moved aside meanwhile.
    Replaced,
}

/// `check` holds a lock for an instant: how often, and after how long, an acquisition is tried again in any case.
const ATTEMPTS: (u32, Duration) = (5, Duration::from_millis(10));
/// How often one that waits tries.
const STEP: Duration = Duration::from_millis(200);

/// Locks a file, or waits for those who hold it while its path names it: a lock of a file that was moved aside excludes nobody from the path.
pub(super) fn acquire(
    file: &File,
    path: &Path,
    mode: Mode,
    locking: &Locking,
    wait: &mut Wait<'_>,
) -> Result<Outcome, ProcessLockError> {
    let fault = |cause| ProcessLockError::Io {
        path: path.to_owned(),
        cause,
    };
    let mut attempts = 1;
    loop {
        let tried = match mode {
            Mode::Exclusive => (locking.try_exclusive)(file),
            Mode::Shared => (locking.try_shared)(file),
        };
        if !same_file(file, path).map_err(fault)? {
            return Ok(Outcome::Replaced);
        }
        match tried {
            Ok(()) => return Ok(Outcome::Locked),
            Err(TryLockError::Error(cause)) if lock_is_unsupported(&cause) => {
                return Ok(Outcome::Unsupported);
            }
            Err(TryLockError::Error(cause)) => return Err(fault(cause)),
            Err(TryLockError::WouldBlock) if attempts < ATTEMPTS.0 => {
                attempts += 1;
                wait.pause(ATTEMPTS.1)?;
            }
            Err(TryLockError::WouldBlock) => {
                let error = held(file, path, mode, locking);
                if wait.is_over() {
                    return Err(error);
                }
                wait.tell(|| format!("waiting for a lock: {error}"));
                wait.pause(STEP)?;
            }
        }
    }
}

/// The error of a lock that others hold, with the holder that the lock file names.
fn held(file: &File, path: &Path, mode: Mode, locking: &Locking) -> ProcessLockError {
    let holder = content::read(path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    // What can be shared is shared already, or has just become free.
    if mode == Mode::Exclusive && (locking.try_shared)(file).is_ok() {
        let _ = file.unlock();
        return ProcessLockError::Shared { holder };
    }
    ProcessLockError::Held { holder }
}

/// The error where another process holds a file's lock alone; it is locked by nobody afterwards.
pub(super) fn check(file: &File, path: &Path, locking: &Locking) -> Result<(), ProcessLockError> {
    match (locking.try_shared)(file) {
        Err(TryLockError::WouldBlock) => Err(held(file, path, Mode::Shared, locking)),
        // A file system without locks, or one that fails, is for the acquisition to judge.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}
