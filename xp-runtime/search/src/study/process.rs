//! Which process runs a trial, and whether it is alive. It ends no process.

use serde::{Deserialize, Serialize};
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System};

/// Start times of one process may be computed a second apart, since they are rounded sums.
const CLOCK_TOLERANCE: u64 = 2;

/// The process that runs a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Process id.
    pub pid: u32,
    /// Host name; absent where the system provides none.
    pub host: Option<String>,
    /// Identifier of the machine's current boot; absent where the system provides none.
    pub boot_id: Option<String>,
    /// When the process started, seconds since 1970; absent where the system provides none.
    pub started: Option<u64>,
    /// Which process ids are meant: those of a container are its own. Absent where the system provides none, and in older studies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_namespace: Option<u64>,
    /// Job of a batch system, as `squeue` names it; absent outside of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The batch system's name of the machine; absent outside of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

/// Whether a process is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// It runs.
    Alive,
    /// It has exited.
    Exited,
    /// Its machine was started again, or another machine has the same name.
    Restarted,
    /// It belongs to another machine or container and cannot be checked from here.
    Remote,
}

impl Owner {
    /// This process.
    pub fn current() -> Self {
        let pid = std::process::id();
        Self {
            pid,
            host: System::host_name().ok(),
            boot_id: boot_id(),
            started: start_of(pid),
            pid_namespace: pid_namespace(),
            job: None,
            node: None,
        }
    }

    /// Whether this owner is alive, as far as process `here` can know.
    pub fn liveness(&self, here: &Self) -> Liveness {
        if self.host != here.host {
            return Liveness::Remote;
        }
        if self.boot_id != here.boot_id {
            return Liveness::Restarted;
        }
        if let (Some(then), Some(now)) = (self.pid_namespace, here.pid_namespace)
            && then != now
        {
            return Liveness::Remote;
        }
        match (start_of(self.pid), self.started) {
            (None, _) => Liveness::Exited,
            (Some(now), Some(then)) if now.abs_diff(then) > CLOCK_TOLERANCE => Liveness::Exited,
            (Some(_), _) => Liveness::Alive,
        }
    }
}

fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned())
}

/// Number of the namespace of this process's ids.
fn pid_namespace() -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let namespace = std::fs::metadata("/proc/self/ns/pid").ok()?;
    Some(namespace.ino())
}

/// When a process started; `None` for one that does not exist or is a zombie.
fn start_of(pid: u32) -> Option<u64> {
    let mut system = System::new().ok()?;
    let pid = Pid::from_u32(pid);
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing(),
    );
    let process = system.process(pid)?;
    let exited = matches!(
        process.status(),
        ProcessStatus::Zombie | ProcessStatus::Dead
    );
    (!exited).then(|| process.start_time())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_living_from_the_dead() {
        let here = Owner::current();
        assert_eq!(here.liveness(&here), Liveness::Alive);
        let other = |change: fn(&mut Owner)| {
            let mut owner = here.clone();
            change(&mut owner);
            owner.liveness(&here)
        };
        assert_eq!(
            other(|o| o.host = Some("elsewhere".into())),
            Liveness::Remote
        );
        assert_eq!(
            other(|o| o.boot_id = Some("before".into())),
            Liveness::Restarted
        );
        // The same number is another process there.
        assert_eq!(
            other(|o| {
                o.pid_namespace = Some(1);
                o.pid = u32::MAX / 4;
            }),
            Liveness::Remote
        );
        assert_eq!(other(|o| o.pid_namespace = None), Liveness::Alive);
        assert_eq!(other(|o| o.started = Some(12)), Liveness::Exited);
        assert_eq!(other(|o| o.pid = u32::MAX / 4), Liveness::Exited);
    }

    #[test]
    fn an_ended_child_that_was_not_waited_for_is_dead() {
        // It reads from a pipe that stays open, so it ends when it is killed.
        let mut child = std::process::Command::new("cat")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let here = Owner::current();
        let owner = Owner {
            pid: child.id(),
            started: start_of(child.id()),
            ..here.clone()
        };
        assert_eq!(owner.liveness(&here), Liveness::Alive);
        child.kill().unwrap();
        while start_of(child.id()).is_some() {
            std::thread::yield_now();
        }
        assert_eq!(owner.liveness(&here), Liveness::Exited);
        child.wait().unwrap();
    }
}
