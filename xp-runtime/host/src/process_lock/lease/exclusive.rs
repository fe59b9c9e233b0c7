//! An exclusive lease of a folder: taken where the one before is given up or its holder is dead.
//!
//! Whoever finds lease 7 free or dead creates lease 8, which only one process can: O_EXCL is atomic on every file system that is shared. It
//! then looks again whether 8 is the highest, because it may have been so slow that 8 and 9 have come and 8 has gone meanwhile.
//!
//! What remains: a holder that was stopped (SIGSTOP, a machine asleep, a server out of reach) for three intervals and goes on is told that its
//! lease is lost only at its next renewal, so that for up to an interval two processes may write.

use std::{collections::HashMap, io, path::Path};

use super::{
    file::LeaseFile,
    folder::{exclusive_path, newest, remove_older, shared},
    judge::{STEP, liveness, wait_for},
    record::INTERVAL,
    watch::{Liveness, Watch},
};
use crate::process_lock::{error::ProcessLockError, holder::named, wait::Wait};

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
        let path = exclusive_path(folder, number);
        let Some(mut lease) = LeaseFile::create(folder, &path, wait.clock).map_err(fault)? else {
            // Another process was first; on NFS it may take a moment until it is seen.
            wait.pause(STEP)?;
            continue;
        };
        match newest(folder) {
            Ok(Some(found)) if found.number > number => {
                lease.remove();
                continue;
            }
            Ok(_) => {}
            Err(cause) => {
                lease.remove();
                return Err(fault(cause));
            }
        }
        remove_older(folder, number);
        if let Err(error) = wait_for_shared(folder, &mut lease, wait) {
            // What is not written now is taken for dead later.
            let _ = lease.release();
            return Err(error);
        }
        return Ok(lease);
    }
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
