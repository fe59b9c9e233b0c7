//! What is predicted: "the price rises at least X % within h trading days".

use serde::{Deserialize, Serialize};

/// The threshold task, by its percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Task {
    /// +1 %.
    #[serde(rename = "threshold_1pct")]
    Pct1,
    /// +2 %.
    #[serde(rename = "threshold_2pct")]
    Pct2,
    /// +3 %.
    #[serde(rename = "threshold_3pct")]
    Pct3,
    /// +5 %.
    #[serde(rename = "threshold_5pct")]
    Pct5,
}

impl Task {
    /// All tasks, ascending.
    pub const ALL: [Task; 4] = [Self::Pct1, Self::Pct2, Self::Pct3, Self::Pct5];

    /// The name used in experiments, binaries and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pct1 => "threshold_1pct",
            Self::Pct2 => "threshold_2pct",
            Self::Pct3 => "threshold_3pct",
            Self::Pct5 => "threshold_5pct",
        }
    }

    /// The threshold in percent.
    pub fn percent(self) -> u32 {
        match self {
            Self::Pct1 => 1,
            Self::Pct2 => 2,
            Self::Pct3 => 3,
            Self::Pct5 => 5,
        }
    }

    /// The task of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.name() == name)
    }
}

impl std::fmt::Display for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The daily price that must reach the threshold; never a silent fallback from one to the other (F08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum LabelPrice {
    /// The day's high.
    #[default]
    High,
    /// The day's close.
    Close,
}

impl LabelPrice {
    /// Both.
    pub const ALL: [LabelPrice; 2] = [Self::High, Self::Close];

    /// Its name in an experiment.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Close => "close",
        }
    }
}

/// Trading days ahead within which the threshold must be reached, counted on daily bars at every timescale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Horizon(u32);

impl Horizon {
    /// The horizons that exist.
    pub const ALL: [u32; 5] = [1, 2, 3, 5, 7];

    /// A horizon of that many trading days, if it is one of [`Horizon::ALL`].
    pub fn new(days: u32) -> Option<Self> {
        Self::ALL.contains(&days).then_some(Self(days))
    }

    /// Trading days.
    pub fn days(self) -> u32 {
        self.0
    }
}
