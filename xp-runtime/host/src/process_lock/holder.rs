//! Who holds a lock.

use std::fmt;

use serde::{Deserialize, Serialize};
use xp_clock::Clock;

/// The process that holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// Host name.
    pub host: String,
    /// When it acquired the lock, ISO-8601 UTC.
    pub since: String,
}

impl Holder {
    /// This process, now.
    pub(super) fn current(clock: &Clock) -> Self {
        Self {
            pid: std::process::id(),
            host: host(),
            since: clock.timestamp(),
        }
    }

    /// Whether it is this process. Containers may have the same host name and process id.
    pub(super) fn is_this_process(&self) -> bool {
        self.pid == std::process::id() && self.host == host()
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {} on {} since {}", self.pid, self.host, self.since)
    }
}

fn host() -> String {
    sysinfo::System::host_name().unwrap_or_else(|_| "an unnamed host".to_owned())
}

/// A holder as messages name it.
pub(super) fn named(holder: Option<&Holder>) -> String {
    holder.map_or_else(
        || "its lock file does not name it".to_owned(),
        Holder::to_string,
    )
}
