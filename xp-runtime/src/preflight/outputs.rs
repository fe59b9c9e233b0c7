//! The log must take a row before hours are spent on one, and so must records and the report.

use xp_host::resources::{Finding, Severity, writable};
use xp_report::{
    log::{LogError, LogRow},
    rebuild::records,
};

use crate::context::Context;

/// Whether the log can be read, and log, records and report can be written.
pub(super) fn finding(context: &Context, rows: &Result<Vec<LogRow>, LogError>) -> Finding {
    let root = context.workspace.root();
    let refused: Vec<String> = [
        xp_report::LOG,
        "outputs/runs/x.json",
        xp_report::REPORT,
        "docs/figures/x.svg",
    ]
    .into_iter()
    .filter_map(|path| writable(&root.join(path)).err())
    .collect();
    let recorded = records(root).map_or(0, |records| records.len());
    match rows {
        Err(error) => Finding::new(Severity::Error, "log", error.to_string()),
        Ok(_) if !refused.is_empty() => Finding::new(
            Severity::Error,
            "log",
            format!(
                "{}; give yourself the right to write there",
                refused.join("; ")
            ),
        ),
        Ok(rows) if rows.is_empty() && recorded > 0 => Finding::new(
            Severity::Warning,
            "log",
            format!(
                "no rows, although {recorded} runs are recorded in {}: was {} emptied? `cargo xp report --rebuild-log` writes their rows",
                xp_report::RUNS,
                xp_report::LOG
            ),
        ),
        Ok(rows) => Finding::new(Severity::Good, "log", format!("{} rows", rows.len())),
    }
}
