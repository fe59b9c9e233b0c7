//! One process per experiment: a lock file in its folder that names the holder and since when. The operating system releases the lock
//! of a process that exits, however it exits, so a stale lock needs no clean-up.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use xp_clock::Clock;

/// The process that holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// Host name.
    pub host: String,
    /// When it acquired the lock, ISO-8601 UTC.
    pub since: String,
}

/// A lock that was not acquired.
#[derive(Debug, thiserror::Error)]
pub enum ProcessLockError {
    /// Another process holds it.
    #[error(
        "another process works on this experiment: {}; wait for it, or stop it",
        holder.as_ref().map_or_else(|| "its lock file does not name it".to_owned(), |h| format!("pid {} on {} since {}", h.pid, h.host, h.since))
    )]
    Held {
        /// The holder; absent where the lock file does not name it.
        holder: Option<Holder>,
    },
    /// The lock file cannot be used.
    #[error("failed to lock {}: {cause}; is the folder writable?", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// Cause.
        cause: io::Error,
    },
}

/// The lock file in a folder (its name is from before the type was called a lock), and the most bytes that are read of it.
const FILE: &str = ".lease.json";
const MAX_BYTES: u64 = 1 << 16;

/// Exclusive lock of an experiment's folder, held until dropped.
#[derive(Debug)]
pub struct ProcessLock {
    _file: File,
}

/// [`ProcessLock::check`] holds a lock for an instant: how often, and after how long, an acquisition is tried again.
const ATTEMPTS: (u32, Duration) = (5, Duration::from_millis(10));

impl ProcessLock {
    /// Refuses where another process holds the lock of a folder. Acquires and writes nothing; a lock file that cannot be read is no
    /// error here.
    pub fn check(folder: &Path) -> Result<(), ProcessLockError> {
        match File::open(folder.join(FILE)) {
            Ok(mut file) if matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) => {
                Err(held(&mut file))
            }
            _ => Ok(()),
        }
    }

    /// Acquires the lock of a folder; the clock tells since when.
    pub fn acquire(folder: &Path, clock: &Clock) -> Result<Self, ProcessLockError> {
        let path = folder.join(FILE);
        let fault = |cause| ProcessLockError::Io {
            path: path.clone(),
            cause,
        };
        std::fs::create_dir_all(folder).map_err(fault)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(fault)?;
        let mut attempts = 1;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempts < ATTEMPTS.0 => {
                    attempts += 1;
                    clock.sleep(ATTEMPTS.1);
                }
                Err(TryLockError::WouldBlock) => return Err(held(&mut file)),
                Err(TryLockError::Error(cause)) => return Err(fault(cause)),
            }
        }
        let holder = Holder {
            pid: std::process::id(),
            host: sysinfo::System::host_name().unwrap_or_else(|_| "an unnamed host".to_owned()),
            since: clock.timestamp(),
        };
        let text = serde_json::to_string(&holder).map_err(|cause| fault(cause.into()))?;
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .map_err(fault)?;
        file.write_all(text.as_bytes()).map_err(fault)?;
        Ok(Self { _file: file })
    }
}

/// The error of a lock that another process holds, with the holder that the lock file names.
fn held(file: &mut File) -> ProcessLockError {
    ProcessLockError::Held {
        holder: serde_json::from_reader(file.take(MAX_BYTES)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it_and_a_freed_one_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual();
        let first = ProcessLock::acquire(folder.path(), &clock).unwrap();
        clock.advance(Duration::from_secs(86_400));
        let error = ProcessLock::acquire(folder.path(), &clock)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&format!("pid {}", std::process::id()))
                && error.contains("since 2000-01-01T00:00:00Z"),
            "{error}"
        );
        let checked = ProcessLock::check(folder.path()).unwrap_err().to_string();
        assert_eq!(checked, error);
        drop(first);
        assert!(ProcessLock::check(folder.path()).is_ok());
        assert!(ProcessLock::check(Path::new("/nowhere")).is_ok());
        assert!(ProcessLock::acquire(folder.path(), &clock).is_ok());
    }
}
