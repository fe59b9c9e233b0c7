//! The parameter budgets of the scaling question.

use serde::{Deserialize, Serialize};

/// A nominal number of trainable parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Budget {
    /// 2 million.
    #[serde(rename = "2M")]
    M2,
    /// 20 million.
    #[serde(rename = "20M")]
    M20,
    /// 200 million.
    #[serde(rename = "200M")]
    M200,
    /// 2 billion.
    #[serde(rename = "2B")]
    B2,
}

impl Budget {
    /// All budgets, ascending.
    pub const ALL: [Budget; 4] = [Self::M2, Self::M20, Self::M200, Self::B2];

    /// Share of the nominal count by which an exact count may differ.
    pub const TOLERANCE: f64 = 0.25;

    /// The name used in experiments, binaries and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::M2 => "2M",
            Self::M20 => "20M",
            Self::M200 => "200M",
            Self::B2 => "2B",
        }
    }

    /// Nominal number of trainable parameters.
    pub fn nominal(self) -> u64 {
        match self {
            Self::M2 => 2_000_000,
            Self::M20 => 20_000_000,
            Self::M200 => 200_000_000,
            Self::B2 => 2_000_000_000,
        }
    }

    /// The budget of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|budget| budget.name() == name)
    }

    /// Smallest and largest count within `tolerance` (a share, such as 0.25) of the nominal one.
    pub fn range(self, tolerance: f64) -> (u64, u64) {
        let nominal = self.nominal() as f64;
        (
            (nominal * (1.0 - tolerance)).ceil() as u64,
            (nominal * (1.0 + tolerance)).floor() as u64,
        )
    }

    /// Path of the model configuration, relative to the workspace.
    pub fn config_path(self) -> String {
        format!("configs/model/patchtst_{}.yaml", self.name().to_lowercase())
    }
}

impl std::fmt::Display for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
