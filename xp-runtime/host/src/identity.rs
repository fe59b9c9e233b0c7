//! Identity of a run: its id and the version of the code.

use std::{path::Path, process::Command};

use chrono::{DateTime, Utc};

/// A unique, sortable id: UTC time and 8 hexadecimal digits of process and nanoseconds.
pub fn run_id(now: DateTime<Utc>) -> String {
    let noise = u64::from(std::process::id()).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ u64::from(now.timestamp_subsec_nanos()).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    format!(
        "{}-{:08x}",
        now.format("%Y%m%dT%H%M%SZ"),
        (noise >> 32) as u32 ^ noise as u32
    )
}

/// Commit of the workspace, with `+dirty` where sources differ; outputs and generated reports do not count. Absent outside git.
pub fn code_version(workspace: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(workspace)
            .args(arguments)
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changes = git(&[
        "status",
        "--porcelain",
        "--",
        ".",
        ":!outputs",
        ":!docs/experiment_results.*",
        ":!docs/figures",
        ":!docs/tables",
        // Where the site has its study and its partition.
        ":!configs/cluster.yaml",
    ])?;
    Some(if changes.is_empty() {
        commit
    } else {
        format!("{commit}+dirty")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time() {
        let at = |seconds| run_id(DateTime::from_timestamp(seconds, 7).unwrap());
        assert!(
            at(1_700_000_000).starts_with("20231114T221320Z-") && at(1_700_000_000).len() == 25
        );
        assert!(at(1_700_000_000) < at(1_700_000_001));
    }

    #[test]
    fn outside_git_there_is_no_version() {
        assert_eq!(code_version(Path::new("/")), None);
    }
}
