//! A shared lease of a folder: each process has a file of its own.
//!
//! It is announced before the exclusive lease is looked at, and an exclusive one is taken before the shared ones are looked at: of two that come
//! at once, at least one sees the other. The one that would share gives way.

use std::{io, path::Path};

use xp_clock::Clock;

use super::{
    file::LeaseFile,
    folder::{Found, exclusive_path, newest, shared_path},
    judge::{liveness, wait_for},
    watch::{Liveness, Watch},
};
use crate::process_lock::{error::ProcessLockError, holder::Holder, wait::Wait};

/// Acquires a shared lease of a folder.
pub(super) fn acquire(folder: &Path, wait: &mut Wait<'_>) -> Result<LeaseFile, ProcessLockError> {
    let fault = |cause: io::Error| ProcessLockError::Io {
        path: folder.to_owned(),
        cause,
    };
    let mut watch = Watch::default();
    loop {
        while let Some(found) = exclusive(folder).map_err(fault)? {
            match liveness(&found, &mut watch, wait) {
                Liveness::Dead => end(folder, &found, wait).map_err(fault)?,
                other => wait_for(&found, other, wait)?,
            }
        }
        if let Some(lease) = join(folder, wait.clock).map_err(fault)? {
            return Ok(lease);
        }
    }
}

/// Announces a lease, and withdraws it where somebody has come who holds the folder alone; absent then.
fn join(folder: &Path, clock: &Clock) -> io::Result<Option<LeaseFile>> {
    let lease = announce(folder, clock)?;
    let alone = exclusive(folder);
    if matches!(&alone, Ok(None)) {
        return Ok(Some(lease));
    }
    lease.remove();
    alone.map(|_| None)
}

/// Whether the lease is lost: another process took its holder for dead.
pub(super) fn is_lost(lease: &LeaseFile) -> bool {
    !lease.is_in_place()
}

fn announce(folder: &Path, clock: &Clock) -> io::Result<LeaseFile> {
    let holder = Holder::current(clock);
    let mut attempt = 0;
    loop {
        let path = shared_path(folder, &holder.host, holder.pid, attempt);
        if let Some(lease) = LeaseFile::create(folder, &path, clock)? {
            return Ok(lease);
        }
        attempt += 1;
    }
}

/// The exclusive lease that is held.
fn exclusive(folder: &Path) -> io::Result<Option<Found>> {
    Ok(newest(folder)?.filter(Found::is_held))
}

/// Ends the lease of a dead holder by one that is given up at once, unless another process takes it over.
fn end(folder: &Path, found: &Found, wait: &Wait<'_>) -> io::Result<()> {
    let path = exclusive_path(folder, found.number + 1);
    match LeaseFile::create(folder, &path, wait.clock)? {
        Some(mut lease) => lease.release(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_joins_gives_way_to_one_that_has_come_meanwhile() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual());
        let count = || std::fs::read_dir(folder.path()).unwrap().count();
        let path = exclusive_path(folder.path(), 1);
        let alone = LeaseFile::create(folder.path(), &path, &clock).unwrap();
        assert!(join(folder.path(), &clock).unwrap().is_none());
        assert_eq!(count(), 1);
        alone.unwrap().release().unwrap();
        assert!(join(folder.path(), &clock).unwrap().is_some());
        assert_eq!(count(), 2);
    }
}
