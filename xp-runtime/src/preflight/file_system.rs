//! The file system of the outputs: its name, whether its locks hold, and whether a study's file may be on it.

use xp_host::{
    file_system::FileSystem,
    resources::{Finding, Severity},
};
use xp_spec::experiment::Run;

use crate::context::Context;

/// What the file system of a run's folder allows.
pub(super) fn finding(context: &Context) -> Finding {
    let folder = context.folder();
    let found = match FileSystem::of(&folder) {
        Ok(found) => found,
        Err(cause) => {
            return Finding::new(
                Severity::Warning,
                "file system",
                format!("that of {} is unknown: {cause}", folder.display()),
            );
        }
    };
    let is_file = matches!(context.experiment.run, Run::Hpo(_)) && context.server.is_none();
    let is_wal = context.options.study_journal == "wal";
    let (severity, text) = judged(&found, is_file && is_wal);
    Finding::new(severity, "file system", text)
}

/// A study's file with a write-ahead log needs memory that all its processes share.
fn judged(found: &FileSystem, is_wal: bool) -> (Severity, String) {
    if is_wal && found.is_shared() {
        return (
            Severity::Error,
            format!(
                "{found}, where the write-ahead log of a study's file does not work; keep the study in PostgreSQL (`study` in configs/cluster.yaml, docs/cluster.md), or, where only this machine works on it, add --study-journal delete"
            ),
        );
    }
    match found.lock_remark() {
        Some(remark) => (Severity::Warning, format!("{found}; {remark}")),
        None => (Severity::Good, found.to_string()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use std::path::Path;

    use super::*;

    #[test]
    fn a_file_of_this_machine_alone_may_have_any_journal() {
        let proc = FileSystem::of(Path::new("/proc/self")).unwrap();
        for is_wal in [false, true] {
            assert_eq!(judged(&proc, is_wal).0, Severity::Good);
        }
    }
}
