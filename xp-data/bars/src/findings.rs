//! Findings of checks of a raw file, with severities: errors refuse the file, warnings are recorded in the manifest, notes are
//! shown only.

use xp_spec::{files::manifest::RecordedFinding, printable::printable};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is accepted, and the finding recorded in the manifest.
    Warning,
    /// Shown only.
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

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// Name of the check.
    pub check: &'static str,
    /// Number of bars or fields.
    pub count: usize,
    /// The finding, its dates, and its consequence.
    pub found: String,
}

impl Finding {
    /// A finding.
    pub fn new(
        severity: Severity,
        check: &'static str,
        count: usize,
        found: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            check,
            count,
            found: printable(&found.into()),
        }
    }

    /// The finding as recorded in the manifest.
    fn record(&self) -> RecordedFinding {
        RecordedFinding {
            check: self.check.to_owned(),
            severity: self.severity.name().to_owned(),
            count: self.count as u64,
            found: self.found.clone(),
        }
    }
}

/// Findings that refuse the file, in one text; absent where there is none.
pub fn refusal(findings: &[Finding]) -> Option<String> {
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}: {}", finding.check, finding.found))
        .collect();
    (!errors.is_empty()).then(|| errors.join("; "))
}

/// The first few of a list, and the number of the others.
pub(crate) fn first_few(items: &[String]) -> String {
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

/// The warnings, as the manifest records them.
pub fn recorded(findings: &[Finding]) -> Vec<RecordedFinding> {
    let warnings = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Warning);
    warnings.map(Finding::record).collect()
}
