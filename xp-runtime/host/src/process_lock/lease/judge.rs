//! Waits for the holder of a lease: until it is known to be dead, or for as long as one is patient with the living.

use std::{path::Path, time::Duration};

use super::{
    folder::Found,
    record::interval,
    watch::{Liveness, Watch, patience},
};
use crate::{
    file_system::FileSystem,
    process_lock::{
        error::ProcessLockError,
        holder::{Holder, named},
        wait::Wait,
    },
};

/// How often a lease is looked at.
pub(super) const STEP: Duration = Duration::from_secs(1);

/// What is known of the holder of a lease now.
pub(super) fn liveness(found: &Found, watch: &mut Watch, wait: &Wait<'_>) -> Liveness {
    let interval = interval(found.record.as_ref());
    watch.look(&found.path, &found.bytes, interval, wait.clock.now())
}

/// Waits for a step, and tells people why. An error where the holder is alive and was waited for long enough.
pub(super) fn wait_for(
    found: &Found,
    liveness: Liveness,
    wait: &mut Wait<'_>,
) -> Result<(), ProcessLockError> {
    let name = named(holder(found).as_ref());
    let path = found.path.display();
    if liveness != Liveness::Alive {
        let interval = interval(found.record.as_ref());
        let (every, most) = (interval.as_secs(), patience(interval).as_secs());
        wait.tell(|| {
            format!(
                "{path} is a lease, which its holder ({name}) renews every {every} s while it runs, since file locks do not exclude all machines{}: waiting up to {most} s to see whether it is alive",
                place(&found.path)
            )
        });
    } else if wait.is_over() {
        return Err(ProcessLockError::Leased {
            holder: holder(found),
            path: found.path.clone(),
        });
    } else {
        wait.tell(|| format!("waiting for the holder of {path} ({name})"));
    }
    wait.pause(STEP)
}

fn holder(found: &Found) -> Option<Holder> {
    found.record.as_ref().map(|record| record.holder.clone())
}

/// The file system of a lease, where other machines may write to it.
fn place(path: &Path) -> String {
    let file_system = FileSystem::of(path).ok();
    file_system
        .filter(FileSystem::is_shared)
        .map_or_else(|| " here".to_owned(), |it| format!(" on {}", it.name()))
}
