//! The file system of the outputs: its name, whether its locks hold, and whether a study's file may be on it.

use xp_host::{
    file_system::FileSystem,
    resources::{Finding, Severity},
};
use xp_search::Journal;
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
    let is_wal = context.options.study_journal == Journal::Wal;
    let remark = found.lock_remark();
    let (severity, text) = judged(
        &found.to_string(),
        found.is_shared(),
        remark.as_deref(),
        is_file && is_wal,
    );
    Finding::new(severity, "file system", text)
}

/// A study's file with a write-ahead log needs memory that all its processes share.
fn judged(name: &str, is_shared: bool, remark: Option<&str>, is_wal: bool) -> (Severity, String) {
    if is_wal && is_shared {
        return (
            Severity::Error,
            format!(
                "{name}; the write-ahead log of a study's file does not work there: keep the study in PostgreSQL (`study` in configs/cluster.yaml, docs/cluster.md), or, where only this machine works on it, add --study-journal delete"
            ),
        );
    }
    match remark {
        Some(remark) => (Severity::Warning, format!("{name}; {remark}")),
        None => (Severity::Good, name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_ahead_log_is_refused_where_machines_share_no_memory() {
        for (is_shared, remark, is_wal, severity, part) in [
            (false, None, true, Severity::Good, "X"),
            (true, None, true, Severity::Error, "--study-journal delete"),
            (true, None, false, Severity::Good, "X"),
            (true, Some("leases"), false, Severity::Warning, "X; leases"),
            (true, Some("leases"), true, Severity::Error, "PostgreSQL"),
        ] {
            let (found, text) = judged("X", is_shared, remark, is_wal);
            assert_eq!(found, severity);
            assert!(text.contains(part), "{text}");
        }
    }
}
