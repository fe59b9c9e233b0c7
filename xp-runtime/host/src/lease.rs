//! One process per experiment: a lock file that says who holds it and since when. The operating system frees the lock of a
//! process that dies, so a stale one is taken over by itself.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use xp_clock::Clock;

/// Who holds a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process.
    pub pid: u32,
    /// Machine.
    pub host: String,
    /// Since when, ISO-8601 UTC.
    pub since: String,
}

/// A lease that was not given.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another process has it.
    #[error(
        "another process works on this experiment: {}; wait for it, or stop it",
        holder.as_ref().map_or_else(|| "it does not say which".to_owned(), |h| format!("pid {} on {} since {}", h.pid, h.host, h.since))
    )]
    Held {
        /// Who.
        holder: Option<Holder>,
    },
    /// The lock file cannot be used.
    #[error("failed to lock {}: {cause}; is the folder writable?", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

/// The lock file in a folder, and the most that is read of it.
const FILE: &str = ".lease.json";
const MAX_BYTES: u64 = 1 << 16;

/// An experiment's folder, held until dropped.
#[derive(Debug)]
pub struct Lease {
    _file: File,
}

/// Who looks at a lease holds it for an instant: how often, and after how long, whoever wants to take it tries again.
const TRIES: (u32, Duration) = (5, Duration::from_millis(10));

impl Lease {
    /// Whether another process has the lease of a folder. Takes and writes nothing; what cannot be told is no error here.
    pub fn look(folder: &Path) -> Result<(), LeaseError> {
        match File::open(folder.join(FILE)) {
            Ok(mut file) if matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) => {
                Err(held(&mut file))
            }
            _ => Ok(()),
        }
    }

    /// Takes the lease of a folder, since now by the clock.
    pub fn take(folder: &Path, clock: &Clock) -> Result<Self, LeaseError> {
        let path = folder.join(FILE);
        let fault = |cause| LeaseError::Io {
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
        let mut tries = 1;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if tries < TRIES.0 => {
                    tries += 1;
                    clock.sleep(TRIES.1);
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

/// The error of a lease that somebody has, with what its file says of them.
fn held(file: &mut File) -> LeaseError {
    LeaseError::Held {
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
        let first = Lease::take(folder.path(), &clock).unwrap();
        clock.advance(Duration::from_secs(86_400));
        let error = Lease::take(folder.path(), &clock).unwrap_err().to_string();
        assert!(
            error.contains(&format!("pid {}", std::process::id()))
                && error.contains("since 2000-01-01T00:00:00Z"),
            "{error}"
        );
        let looked = Lease::look(folder.path()).unwrap_err().to_string();
        assert_eq!(looked, error);
        drop(first);
        assert!(Lease::look(folder.path()).is_ok());
        assert!(Lease::look(Path::new("/nowhere")).is_ok());
        assert!(Lease::take(folder.path(), &clock).is_ok());
    }
}
