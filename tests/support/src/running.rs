//! What the kernel (Linux, `/proc`) tells of a process that runs. Absent is what it does not tell, as of one that has ended.

use std::fs;

/// Resident memory, bytes.
pub fn resident_memory(pid: u32) -> Option<u64> {
    bytes(pid, "VmRSS:")
}

/// Most resident memory so far, bytes.
pub fn peak_memory(pid: u32) -> Option<u64> {
    bytes(pid, "VmHWM:")
}

fn bytes(pid: u32, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes: u64 = value.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes << 10)
}

/// Processes that a process has started and that have not been waited for.
pub fn children(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task"));
    let mut found = Vec::new();
    for thread in threads.into_iter().flatten().flatten() {
        let pids = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        found.extend(
            pids.split_whitespace()
                .filter_map(|pid| pid.parse::<u32>().ok()),
        );
    }
    found
}

/// Whether a process exists and is no zombie, which only waits to be waited for.
pub fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|text| {
        let state = text.rsplit_once(") ");
        state.is_some_and(|(_, rest)| !rest.starts_with('Z'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_while_it_runs() {
        let own = std::process::id();
        let (now, peak) = (resident_memory(own).unwrap(), peak_memory(own).unwrap());
        assert!(1 << 16 < now && now <= peak, "{now} and {peak} bytes");
        assert!(is_running(own));
        // The kernel's highest pid is below.
        let none = u32::MAX;
        assert!(!is_running(none) && children(none).is_empty());
        assert_eq!((resident_memory(none), peak_memory(none)), (None, None));
    }
}
