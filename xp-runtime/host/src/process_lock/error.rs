//! Why a lock was not acquired.

use std::{io, path::PathBuf};

use super::holder::{Holder, named};

/// A lock that was not acquired.
#[derive(Debug, thiserror::Error)]
pub enum ProcessLockError {
    /// Another process holds it.
    #[error(
        "another process works on this experiment: {}; wait for it, or stop it",
        named(holder.as_ref())
    )]
    Held {
        /// The holder; absent where the lock file does not name it.
        holder: Option<Holder>,
    },
    /// Another process holds it by a lease, which it renews.
    #[error(
        "another process works on this experiment: {}; it is alive, since it renews its lease in {}; wait for it, or stop it",
        named(holder.as_ref()), path.display()
    )]
    Leased {
        /// The holder; absent where the lease does not name it.
        holder: Option<Holder>,
        /// The lease.
        path: PathBuf,
    },
    /// Other processes share it.
    #[error(
        "other processes share the folder of this experiment, as those of one study do; the last to join: {}; wait for them, or stop them",
        named(holder.as_ref())
    )]
    Shared {
        /// One of them; absent where the lock file names none. It may have left since.
        holder: Option<Holder>,
    },
    /// Another process took this one for dead, and holds the folder now.
    #[error(
        "another process has taken over the lease of {} ({holder}), since this one did not renew it in time; nothing more is written there: wait for that process, or stop it, and run the same command again",
        path.display()
    )]
    TakenOver {
        /// The folder.
        path: PathBuf,
        /// Who holds it now.
        holder: Holder,
    },
    /// The run was asked to end while it waited.
    #[error("stopped while it waited for the lock of {}; run the same command again", path.display())]
    Stopped {
        /// The folder.
        path: PathBuf,
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
