//! What checks found in a raw file, as a table with severities: errors refuse, warnings are kept in the manifest, notes are told.

use xp_spec::files::manifest::KeptFinding;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is taken, and the manifest keeps the finding.
    Warning,
    /// Told, and not kept.
    Note,
}

impl Severity {
    /// Its name in tables and in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// Name of the check.
    pub check: &'static str,
    /// How many bars or places.
    pub count: usize,
    /// What was found, where, and what it means.
    pub found: String,
}

impl Finding {
    /// A finding.
    pub(crate) fn new(
        severity: Severity,
        check: &'static str,
        count: usize,
        found: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            check,
            count,
            found: found.into(),
        }
    }

    /// The finding as the manifest keeps it.
    pub(crate) fn kept(&self) -> KeptFinding {
        KeptFinding {
            check: self.check.to_owned(),
            severity: self.severity.name().to_owned(),
            count: self.count as u64,
            found: self.found.clone(),
        }
    }
}

/// The findings as aligned lines, the worst first.
pub fn table(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "  no findings\n".to_owned();
    }
    let mut sorted: Vec<_> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    let width = sorted.iter().map(|finding| finding.check.len()).max();
    let mut text = format!(
        "  {:8} {:width$} {:>6}  finding\n",
        "severity",
        "check",
        "count",
        width = width.unwrap_or(0)
    );
    for finding in sorted {
        text.push_str(&format!(
            "  {:8} {:width$} {:>6}  {}\n",
            finding.severity.name(),
            finding.check,
            finding.count,
            finding.found,
            width = width.unwrap_or(0)
        ));
    }
    text
}

/// Findings that refuse, in one text; `None` where there is none.
pub(crate) fn refusal(findings: &[Finding]) -> Option<String> {
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}: {}", finding.check, finding.found))
        .collect();
    (!errors.is_empty()).then(|| errors.join("; "))
}

/// The first few of a list, and how many more there are.
pub(crate) fn few(items: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = items
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    match items.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
