//! How a run ended, by the name that the log has.

use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It did what it should.
    Success,
    /// An error ended it.
    Failed,
    /// Heat ended it.
    ThermalAbort,
    /// Ctrl-C or SIGTERM ended it.
    Interrupted,
    /// Its time was up; starting it again goes on.
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
