//! Disk, memory and cores, and the table in which pre-flight shows all findings at once.

use std::path::Path;

use sysinfo::System;

use crate::control_group;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// No problem.
    Good,
    /// The run continues, and the user must know.
    Warning,
    /// The run does not start.
    Error,
}

/// One line of pre-flight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// What was checked.
    pub subject: &'static str,
    /// What was found, and the remedy where it is not good.
    pub text: String,
}

impl Finding {
    /// A finding.
    pub fn new(severity: Severity, subject: &'static str, text: impl Into<String>) -> Self {
        Self {
            severity,
            subject,
            text: text.into(),
        }
    }
}

/// The findings as aligned lines.
pub fn table(findings: &[Finding]) -> String {
    let width = findings
        .iter()
        .map(|finding| finding.subject.len())
        .max()
        .unwrap_or(0);
    findings
        .iter()
        .map(|finding| {
            let mark = match finding.severity {
                Severity::Good => "ok  ",
                Severity::Warning => "WARN",
                Severity::Error => "FAIL",
            };
            format!("  {mark}  {:width$}  {}\n", finding.subject, finding.text)
        })
        .collect()
}

/// Memory that a new process may use, bytes: what is free, or what the control group leaves; absent where it is unknown.
pub fn free_memory() -> Option<u64> {
    let mut system = System::new().ok()?;
    system.refresh_memory();
    let free = system.available_memory();
    let group = control_group::memory();
    Some(group.map_or(free, |group| free.min(group.free)))
}

/// Memory of the machine, or of the control group where that is less, bytes; absent where it is unknown.
pub fn total_memory() -> Option<u64> {
    let mut system = System::new().ok()?;
    system.refresh_memory();
    let total = system.total_memory();
    let group = control_group::memory();
    Some(group.map_or(total, |group| total.min(group.limit))).filter(|total| *total > 0)
}

/// Free memory of the first NVIDIA GPU, bytes; absent where the driver does not report it.
pub fn free_device_memory() -> Option<u64> {
    let nvml = nvml_wrapper::Nvml::init().ok()?;
    let memory = nvml.device_by_index(0).ok()?.memory_info().ok()?;
    Some(memory.free)
}

/// Free bytes on the file system that holds a path, of whatever kind: sysinfo lists disks only, no tmpfs. Absent where it is unknown.
pub fn free_disk(path: &Path) -> Option<u64> {
    fs4::available_space(path).ok()
}

/// Whether a file can be written, or created where it does not exist: by the permissions of its nearest existing folder.
pub fn writable(path: &Path) -> Result<(), String> {
    use rustix::fs::{Access, access};
    let existing = path.ancestors().find(|path| path.exists());
    let existing = existing.unwrap_or(Path::new("/"));
    access(existing, Access::WRITE_OK)
        .map_err(|cause| format!("{} cannot be written: {cause}", existing.display()))
}

/// Bytes as people read them.
pub fn bytes(count: u64) -> String {
    let units = [("GiB", 1_u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    units.iter().find(|(_, size)| count >= *size).map_or_else(
        || format!("{count} B"),
        |(unit, size)| format!("{:.1} {unit}", count as f64 / *size as f64),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_findings_are_shown_aligned() {
        let findings = [
            Finding::new(Severity::Good, "data", "4779 rows"),
            Finding::new(Severity::Warning, "temperature", "unknown"),
            Finding::new(Severity::Error, "disk", "full"),
        ];
        assert_eq!(
            table(&findings),
            "  ok    data         4779 rows\n  WARN  temperature  unknown\n  FAIL  disk         full\n"
        );
    }

    #[test]
    fn this_machine_has_memory_and_disk() {
        assert!(free_memory().is_some_and(|free| free > 1 << 20));
        assert!(total_memory() > free_memory());
        assert!(free_disk(&std::env::temp_dir()).is_some_and(|free| free > 0));
        assert_eq!(free_disk(Path::new("/nowhere")), None);
        assert_eq!(writable(&std::env::temp_dir().join("a/b/c")), Ok(()));
        let refused = writable(Path::new("/proc/self/nothing")).err();
        assert!(refused.is_none_or(|why| why.starts_with("/proc/self cannot be written: ")));
        assert_eq!(
            [0, 1023, 1024, 3 << 30].map(bytes),
            ["0 B", "1023 B", "1.0 KiB", "3.0 GiB"]
        );
    }
}
