//! The findings of a raw file's checks, as a table.

use xp_bars::findings::Finding;
use xp_terminal::{Column, Table, width};

/// Says all findings, the worst first.
pub(super) fn say_findings(findings: &[Finding]) {
    if findings.is_empty() {
        return say!("no findings");
    }
    let mut sorted: Vec<_> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    let mut table = Table::new(&[
        Column::Words("severity"),
        Column::Words("check"),
        Column::Numbers("count"),
        Column::Words("finding"),
    ]);
    for finding in sorted {
        table.row([
            finding.severity.name().to_owned(),
            finding.check.to_owned(),
            finding.count.to_string(),
            finding.found.clone(),
        ]);
    }
    say!("{}", table.text(width()));
}
