//! A shared lease of a folder: each process has a file of its own.
//!
//! It is announced before the exclusive lease is looked at, and an exclusive one is taken before the shared ones are looked at: of two that come
//! at once, at least one sees the other. The one that would share gives way.

use std::{io, path::Path};

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
        let lease = announce(folder, wait).map_err(fault)?;
        match exclusive(folder) {
            Ok(None) => return Ok(lease),
            Ok(Some(_)) => lease.remove(),
            Err(cause) => {
                lease.remove();
                return Err(fault(cause));
            }
        }
    }
}

/// Whether the lease is lost: another process took its holder for dead.
pub(super) fn is_lost(lease: &LeaseFile) -> bool {
    !lease.is_in_place()
}

fn announce(folder: &Path, wait: &Wait<'_>) -> io::Result<LeaseFile> {
    let holder = Holder::current(wait.clock);
    let mut attempt = 0;
    loop {
        let path = shared_path(folder, &holder.host, holder.pid, attempt);
        if let Some(lease) = LeaseFile::create(folder, &path, wait.clock)? {
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
