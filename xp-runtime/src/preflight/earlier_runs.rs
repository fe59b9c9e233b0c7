//! What the experiment has been through: a finished run of the same spec and data, and a process that works on it now.

use xp_host::{
    process_lock::ProcessLock,
    resources::{Finding, Severity},
};
use xp_report::log::{LogRow, Status};

use crate::{context::Context, journal::Journal};

/// Another process on the experiment is an error in a dry run too: it is looked at, nothing is taken.
pub(super) fn findings(context: &Context, journal: &Journal<'_>, rows: &[LogRow]) -> Vec<Finding> {
    let mut findings = vec![finished(context, journal, rows)];
    if let Err(error) = ProcessLock::check(&context.folder()) {
        findings.push(Finding::new(Severity::Error, "process", error.to_string()));
    }
    findings
}

/// The newest success of the same spec hash and data. What it has is kept and not computed again, so that other code is worth a warning.
fn finished(context: &Context, journal: &Journal<'_>, rows: &[LogRow]) -> Finding {
    let manifest = context.workspace.manifest().ok();
    let md5 = manifest.and_then(|manifest| {
        let entry = manifest.processed.get(&context.experiment.data.name)?;
        Some(entry.md5.clone())
    });
    let same = |row: &&LogRow| {
        row.status == Status::Success && row.spec_hash == context.hash && row.data_md5 == md5
    };
    let Some(row) = rows.iter().rev().find(same) else {
        return Finding::new(
            Severity::Good,
            "earlier",
            "no run of this spec and data has finished",
        );
    };
    let code = |version: &Option<String>| match version {
        Some(version) => format!("code {version}"),
        None => "unknown code".to_owned(),
    };
    let (then, now) = (&row.code_version, &journal.code_version());
    let (severity, code) = if then == now && now.is_some() {
        (Severity::Good, format!("by the same {}", code(now)))
    } else {
        (
            Severity::Warning,
            format!(
                "by {}, now it is {}; --new-study or another seed recomputes it",
                code(then),
                code(now)
            ),
        )
    };
    Finding::new(
        severity,
        "earlier",
        format!(
            "run {} finished this spec on this data at {} {code}; its results are kept, only missing ones are computed",
            row.run_id, row.timestamp
        ),
    )
}
