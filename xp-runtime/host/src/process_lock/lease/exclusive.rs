//! An exclusive lease of a folder: taken where the one before is given up or its holder is dead.
//!
//! Whoever finds lease 7 free or dead creates lease 8, which only one process can: O_EXCL is atomic on the file systems of clusters, on
//! NFS since version 3. It then looks again whether 8 is the highest, because it may have been so slow that 8 and 9 have come and 8 has gone meanwhile.
//!
//! What remains: a holder that was stopped (SIGSTOP, a machine asleep, a server out of reach) for three intervals and goes on is told that its
//! lease is lost only at its next renewal, so that for up to an interval two processes may write. Object stores behind FUSE may create a file
//! twice.

use std::{collections::HashMap, io, path::Path};

use xp_clock::Clock;

use super::{
    file::LeaseFile,
    folder::{Found, exclusive_path, newest, remove_older, shared},
    judge::{STEP, liveness, wait_for},
    record::INTERVAL,
    watch::{Liveness, Watch},
};
use crate::process_lock::{
    error::ProcessLockError,
    holder::{Holder, named},
    wait::Wait,
};

/// Acquires the exclusive lease of a folder.
pub(super) fn acquire(folder: &Path, wait: &mut Wait<'_>) -> Result<LeaseFile, ProcessLockError> {
    let fault = |cause: io::Error| ProcessLockError::Io {
        path: folder.to_owned(),
        cause,
    };
    let mut watch = Watch::default();
    loop {
        let newest_now = newest(folder).map_err(fault)?;
        let number = match &newest_now {
            None => 1,
            Some(found) if !found.is_held() => found.number + 1,
            Some(found) => match liveness(found, &mut watch, wait) {
                Liveness::Dead => found.number + 1,
                other => {
                    wait_for(found, other, wait)?;
                    continue;
                }
            },
        };
        let Some(mut lease) = claim(folder, number, wait.clock).map_err(fault)? else {
            // Another process was first; on NFS it may take a moment until it is seen.
            wait.pause(STEP)?;
            continue;
        };
        remove_older(folder, number);
        if let Err(error) = wait_for_shared(folder, &mut lease, wait) {
            // What is not written now is taken for dead later.
            let _ = lease.release();
            return Err(error);
        }
        return Ok(lease);
    }
}

/// Creates the lease of a number, the highest; absent where another process was faster.
fn claim(folder: &Path, number: u64, clock: &Clock) -> io::Result<Option<LeaseFile>> {
    let path = exclusive_path(folder, number);
    let Some(lease) = LeaseFile::create(folder, &path, clock)? else {
        return Ok(None);
    };
    let newest = newest(folder);
    if matches!(&newest, Ok(Some(found)) if found.number <= number) {
        return Ok(Some(lease));
    }
    lease.remove();
    newest.map(|_| None)
}

/// Waits until nobody shares the folder any more; the lease keeps others from joining.
fn wait_for_shared(
    folder: &Path,
    lease: &mut LeaseFile,
    wait: &mut Wait<'_>,
) -> Result<(), ProcessLockError> {
    let mut watches: HashMap<_, Watch> = HashMap::new();
    loop {
        let fault = |cause: io::Error| ProcessLockError::Io {
            path: folder.to_owned(),
            cause,
        };
        let mut waited_for = None;
        for found in shared(folder).map_err(fault)? {
            let watch = watches.entry(found.path.clone()).or_default();
            match liveness(&found, watch, wait) {
                Liveness::Dead => {
                    let _ = std::fs::remove_file(&found.path);
                }
                Liveness::Alive if wait.is_over() => {
                    let holder = found.record.map(|record| record.holder);
                    return Err(ProcessLockError::Shared { holder });
                }
                other => waited_for = Some((found, other)),
            }
        }
        let Some((found, liveness)) = waited_for else {
            return Ok(());
        };
        wait_for(&found, liveness, wait)?;
        if lease.age(wait.clock) >= INTERVAL {
            lease.renew(wait.clock).map_err(fault)?;
        }
    }
}

/// To whom the lease is lost; absent where it is not.
pub(super) fn lost_to(folder: &Path, lease: &LeaseFile) -> Option<String> {
    // What cannot be listed now is seen at the next renewal.
    let found = newest(folder).ok().flatten()?;
    let is_own = found.path == lease.path() && lease.is_in_place();
    let holder = found.record.map(|record| record.holder);
    (!is_own).then(|| named(holder.as_ref()))
}

/// Another process that holds the exclusive lease of a folder; absent where none does, or none that can be read.
pub(in crate::process_lock) fn other_holder(folder: &Path) -> Option<Holder> {
    let found = newest(folder).ok().flatten().filter(Found::is_held)?;
    let holder = found.record?.holder;
    (!holder.is_this_process()).then_some(holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_was_too_slow_for_its_number_has_no_lease() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual());
        let claim = |number| claim(folder.path(), number, &clock).unwrap();
        assert!(claim(8).is_some());
        assert!(claim(8).is_none());
        // Lease 7 has come and gone since this one saw that it was free.
        assert!(claim(7).is_none());
        let names = std::fs::read_dir(folder.path()).unwrap();
        assert_eq!(names.count(), 1);
        assert!(claim(9).is_some());
    }
}
