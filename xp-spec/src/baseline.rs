//! Baselines that a run is compared with, on the same rows, label and split (F40).

use serde::{Deserialize, Serialize};

/// A baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// The share of positives in train, for every sample.
    Prior,
    /// The feature whose rank order tells the classes apart best on train.
    BestFeature,
    /// Logistic regression with an L2 penalty.
    Logistic,
    /// Gradient-boosted trees.
    Boosting,
    /// Random forest.
    Forest,
}

impl Baseline {
    /// All, by the names of the grammar, in the order of reports.
    pub const ALL: [(&'static str, Self); 5] = [
        ("prior", Self::Prior),
        ("best_feature", Self::BestFeature),
        ("logistic", Self::Logistic),
        ("boosting", Self::Boosting),
        ("forest", Self::Forest),
    ];

    /// Its name in the grammar.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, baseline)| *baseline == self)
            .map_or("", |(name, _)| name)
    }

    /// Every one: what an experiment that names none is compared with.
    pub fn all() -> Vec<Self> {
        Self::ALL.map(|(_, baseline)| baseline).to_vec()
    }
}
