//! A lease file that another process has left in a folder, under each of its names, and the lock file beside it.

use std::{fs, time::Duration};

use xp_clock::Clock;
use xp_host::process_lock::ProcessLock;

use super::target::Target;

/// Names that a process leaves.
const NAMES: [&str; 3] = [".lease.json", ".lease.7.json", ".lease.shared-n1-7-0.json"];
/// Longer than any holder is waited for before it is taken for dead: three times the longest interval.
const PATIENCE: Duration = Duration::from_secs(1800);

pub(super) const TARGET: Target = Target {
    name: "lease",
    shipped: &[],
    start: |_| {
        Box::new(|input| {
            for name in NAMES {
                let folder = tempfile::tempdir().unwrap();
                fs::write(folder.path().join(name), input).unwrap();
                // It does not wait, but advances.
                let clock = Clock::manual();
                let started = clock.now();
                let _ = ProcessLock::check(folder.path());
                // Its holder is dead, or has given it up: whatever the file says, the folder is to be had.
                let held = ProcessLock::acquire(folder.path(), &clock).unwrap();
                assert!(clock.since(started) <= PATIENCE);
                ProcessLock::require_not_taken_over(folder.path()).unwrap();
                drop(held);
                // What was given up is there at once.
                let released = clock.now();
                drop(ProcessLock::acquire_shared(folder.path(), &clock).unwrap());
                assert_eq!(clock.since(released), Duration::ZERO, "{name}");
            }
        })
    },
};
