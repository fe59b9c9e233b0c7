//! How many trading days one bar of the model's input covers.

use serde::{Deserialize, Serialize};

/// Length of a bar. `k` *consecutive trading days*, never calendar days (F27); `weekly` = calendar weeks ending Friday.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default,
)]
pub enum Timescale {
    /// One trading day.
    #[default]
    #[serde(rename = "daily")]
    Daily,
    /// Two trading days.
    #[serde(rename = "2d")]
    D2,
    /// Three trading days.
    #[serde(rename = "3d")]
    D3,
    /// Five trading days.
    #[serde(rename = "5d")]
    D5,
    /// A calendar week, dated by its last trading day.
    #[serde(rename = "weekly")]
    Weekly,
}

impl Timescale {
    /// All timescales, ascending.
    pub const ALL: [Timescale; 5] = [Self::Daily, Self::D2, Self::D3, Self::D5, Self::Weekly];

    /// The name used in experiments and binaries.
    pub fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::D2 => "2d",
            Self::D3 => "3d",
            Self::D5 => "5d",
            Self::Weekly => "weekly",
        }
    }

    /// Trading days per bar; a week counts as five for daily-equivalent minima.
    pub fn days(self) -> u32 {
        match self {
            Self::Daily => 1,
            Self::D2 => 2,
            Self::D3 => 3,
            Self::D5 | Self::Weekly => 5,
        }
    }

    /// The timescale of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scale| scale.name() == name)
    }
}

impl std::fmt::Display for Timescale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
