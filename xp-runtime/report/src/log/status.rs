//! The outcome of a run, by its name in the log.

use serde::{Deserialize, Serialize};

/// Outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It completed.
    Success,
    /// An error stopped it.
    Failed,
    /// The thermal guard stopped it.
    ThermalAbort,
    /// Ctrl-C or SIGTERM stopped it.
    Interrupted,
    /// Its time limit was reached; starting it again resumes it.
    Incomplete,
}

impl Status {
    /// Its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::ThermalAbort => "thermal_abort",
            Self::Interrupted => "interrupted",
            Self::Incomplete => "incomplete",
        }
    }
}
