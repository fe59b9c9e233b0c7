//! A lease of either mode, as its holder has it: what is done with it in each state. The thread that repeats this is in `keeper.rs`.

use std::path::Path;

use xp_clock::Clock;

use super::{
    exclusive,
    file::LeaseFile,
    folder::{Found, newest, shared as all_shared},
    record::INTERVAL,
    shared,
};
use crate::process_lock::{error::ProcessLockError, mode::Mode, wait::Wait};

/// A holder that could not renew its lease for so many intervals gives up, before others take it for dead.
const UNRENEWED: u32 = 2;

/// A lease that is held.
#[derive(Debug)]
pub(in crate::process_lock) struct Lease {
    mode: Mode,
    file: LeaseFile,
    clock: Clock,
}

impl Lease {
    /// Acquires the lease of a folder.
    pub(in crate::process_lock) fn acquire(
        folder: &Path,
        mode: Mode,
        wait: &mut Wait<'_>,
    ) -> Result<Self, ProcessLockError> {
        let file = match mode {
            Mode::Exclusive => exclusive::acquire(folder, wait),
            Mode::Shared => shared::acquire(folder, wait),
        }?;
        Ok(Self {
            mode,
            file,
            clock: wait.clock.clone(),
        })
    }

    /// Whether a folder has a lease that stands in the way of a mode: a process that has no locks there holds it.
    pub(in crate::process_lock) fn is_needed(folder: &Path, mode: Mode) -> bool {
        let is_taken =
            newest(folder).is_ok_and(|found| found.is_some_and(|it| Found::is_held(&it)));
        let is_shared = || all_shared(folder).is_ok_and(|all| !all.is_empty());
        is_taken || (mode == Mode::Exclusive && is_shared())
    }

    /// Renews it where that is due. Why it is lost; absent where it is not.
    pub(in crate::process_lock) fn poll(&mut self) -> Option<String> {
        if self.file.age(&self.clock) < INTERVAL {
            return None;
        }
        let path = self.file.path().display();
        if let Some(folder) = self.file.folder() {
            let lost = match self.mode {
                Mode::Exclusive => exclusive::lost_to(folder, &self.file)
                    .map(|by| format!("another process has taken over the lease {path} ({by})")),
                Mode::Shared => shared::is_lost(&self.file).then(|| {
                    format!("the lease {path} is gone: another process took this one for dead")
                }),
            };
            if lost.is_some() {
                return lost;
            }
        }
        let cause = self.file.renew(&self.clock).err()?;
        let age = self.file.age(&self.clock);
        (age >= INTERVAL * UNRENEWED).then(|| {
            format!(
                "the lease {} could not be renewed for {} s: {cause}",
                self.file.path().display(),
                age.as_secs()
            )
        })
    }

    /// Gives it up.
    pub(in crate::process_lock) fn release(&mut self) {
        match self.mode {
            // The file stays, so that its number is not given again. What is not written is taken for dead later.
            Mode::Exclusive => drop(self.file.release()),
            Mode::Shared => self.file.remove(),
        }
    }
}
