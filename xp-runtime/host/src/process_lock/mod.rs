//! Who works on an experiment: a lock file in its folder that names the holder and since when. The operating system releases the lock
//! of a process that exits, however it exits, so that a stale one needs no clean-up. Where file systems have no locks, or none that exclude
//! other machines, a lease is held as well, which its holder renews (`lease/`).

mod content;
mod error;
mod flock;
mod holder;
mod lease;
mod mode;
mod wait;

use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
    time::Duration,
};

use xp_clock::Clock;
use xp_spec::files::same_file;

pub use error::ProcessLockError;
pub use holder::Holder;

use crate::{file_system::Reach, interrupt};
use flock::{Locking, Outcome, SYSTEM};
use lease::{Keeper, Lease};
use mode::Mode;
use wait::Wait;

/// The lock file in a folder; its name is from before the type was called a lock.
const FILE: &str = ".lease.json";

/// Lock of an experiment's folder, held until dropped.
#[derive(Debug)]
pub struct ProcessLock {
    /// Given up before the lock is.
    _lease: Option<Keeper>,
    _file: File,
}

impl ProcessLock {
    /// Refuses where another process holds the lock of a folder alone. Acquires and writes nothing; a lock file that cannot be read is no
    /// error here. A lease is not judged: it takes a while to see whether its holder is alive, and the acquisition does.
    pub fn check(folder: &Path) -> Result<(), ProcessLockError> {
        let path = folder.join(FILE);
        File::open(&path).map_or(Ok(()), |file| flock::check(&file, &path, &SYSTEM))
    }

    /// Acquires the lock of a folder for this process alone; the clock tells since when. It does not wait for another process that is
    /// alive, but, where leases are needed, to see whether it is: [`Self::acquire_waiting`] tells people so.
    pub fn acquire(folder: &Path, clock: &Clock) -> Result<Self, ProcessLockError> {
        Self::acquire_waiting(folder, clock, Duration::ZERO, |_| {})
    }

    /// As [`Self::acquire`], and waits for others for so long, who hold it for moments. `on_wait` is told why, at first and then every
    /// minute. A request to end the run ends the wait.
    pub fn acquire_waiting(
        folder: &Path,
        clock: &Clock,
        patience: Duration,
        mut on_wait: impl FnMut(&str),
    ) -> Result<Self, ProcessLockError> {
        acquire(folder, Mode::Exclusive, clock, patience, &mut on_wait)
    }

    /// Acquires the lock of a folder together with others who share it: a process that holds it alone excludes them, and they it.
    pub fn acquire_shared(folder: &Path, clock: &Clock) -> Result<Self, ProcessLockError> {
        Self::acquire_shared_waiting(folder, clock, Duration::ZERO, |_| {})
    }

    /// As [`Self::acquire_shared`], and waits for one who holds it alone, as [`Self::acquire_waiting`] does.
    pub fn acquire_shared_waiting(
        folder: &Path,
        clock: &Clock,
        patience: Duration,
        mut on_wait: impl FnMut(&str),
    ) -> Result<Self, ProcessLockError> {
        acquire(folder, Mode::Shared, clock, patience, &mut on_wait)
    }

    /// Refuses where another process has taken over the lease of a folder that this one holds: it took this one for dead, as after a machine
    /// was asleep. To be asked before files in the folder are replaced: the folder is listed and one file read, so that it is known before the
    /// next renewal, at which the run is asked to end (`interrupt`). Without a lease, or with one that cannot be read now, nothing is refused.
    pub fn require_not_taken_over(folder: &Path) -> Result<(), ProcessLockError> {
        match lease::other_holder(folder) {
            None => Ok(()),
            Some(holder) => Err(ProcessLockError::TakenOver {
                path: folder.to_owned(),
                holder,
            }),
        }
    }
}

fn acquire(
    folder: &Path,
    mode: Mode,
    clock: &Clock,
    patience: Duration,
    on_wait: &mut dyn FnMut(&str),
) -> Result<ProcessLock, ProcessLockError> {
    let mut goes_on = || !interrupt::requested();
    let mut wait = Wait::new(folder, clock, patience, on_wait, &mut goes_on);
    let (file, lease) = acquire_with(&SYSTEM, folder, mode, &mut wait)?;
    let keeper = lease.map(|lease| Keeper::start(lease, interrupt::end));
    let lease = keeper.transpose().map_err(|cause| fault(folder, cause))?;
    Ok(ProcessLock {
        _lease: lease,
        _file: file,
    })
}

/// The lock file, and a lease where the lock does not exclude everyone. Both are of the folder that the path names at the end: it may be moved
/// aside while this process waits, and is made anew then.
fn acquire_with(
    locking: &Locking,
    folder: &Path,
    mode: Mode,
    wait: &mut Wait<'_>,
) -> Result<(File, Option<Lease>), ProcessLockError> {
    let path = folder.join(FILE);
    loop {
        let file = open(folder, &path).map_err(|cause| fault(folder, cause))?;
        let outcome = flock::acquire(&file, &path, mode, locking, wait)?;
        if outcome == Outcome::Replaced {
            continue;
        }
        if outcome == Outcome::Locked {
            let text = serde_json::to_string(&Holder::current(wait.clock))
                .map_err(|cause| fault(folder, cause.into()))?;
            content::replace(&file, &text).map_err(|cause| fault(folder, cause))?;
        }
        let is_enough = outcome == Outcome::Locked && (locking.reach)(folder) == Reach::Holds;
        // Another machine may have mounted the same file system without locks.
        if is_enough && !Lease::is_needed(folder, mode) {
            return Ok((file, None));
        }
        let mut lease = Lease::acquire(folder, mode, wait)?;
        if same_file(&file, &path).map_err(|cause| fault(folder, cause))? {
            return Ok((file, Some(lease)));
        }
        lease.release();
    }
}

/// Opens the lock file of a folder; both are made where they are absent.
fn open(folder: &Path, path: &Path) -> io::Result<File> {
    std::fs::create_dir_all(folder)?;
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

fn fault(folder: &Path, cause: io::Error) -> ProcessLockError {
    ProcessLockError::Io {
        path: folder.join(FILE),
        cause,
    }
}

#[cfg(test)]
mod tests;
