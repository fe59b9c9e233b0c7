//! The cell of a row that tells what the lints found in its experiment.

use serde::{Deserialize, Serialize};

/// What a lint found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LintFinding {
    /// The lint's name.
    pub lint: String,
    /// What it found.
    pub message: String,
    /// Why it is meant, where the experiment allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl LintFinding {
    /// The cell; absent for no findings.
    pub fn to_cell(findings: &[Self]) -> Option<String> {
        if findings.is_empty() {
            return None;
        }
        serde_json::to_string(findings).ok()
    }

    /// The findings of a cell. One that cannot be read is a finding itself: it must not read as none.
    pub fn of_cell(cell: Option<&str>) -> Vec<Self> {
        let Some(cell) = cell else {
            return Vec::new();
        };
        serde_json::from_str(cell).unwrap_or_else(|cause| {
            vec![Self {
                lint: "unreadable".to_owned(),
                message: format!("the log's `lints` cannot be read: {cause}"),
                reason: None,
            }]
        })
    }

    /// In one line, with the reason why it is allowed.
    pub fn text(&self) -> String {
        match &self.reason {
            Some(reason) => format!("{}: {} (allowed: {reason})", self.lint, self.message),
            None => format!("{}: {}", self.lint, self.message),
        }
    }
}
