//! Statistics of a column in one region.

use serde::{Deserialize, Serialize};

/// Statistics of a column in one region, to 6 significant digits; `[min, max, mean, sd]` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct Statistics {
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation (n − 1).
    pub sd: f64,
}

impl Statistics {
    /// Whether numbers can have these; the last of their 6 digits is rounded.
    pub(super) fn possible(&self) -> bool {
        let slack = 1e-5 * self.min.abs().max(self.max.abs());
        let finite = [self.min, self.max, self.mean, self.sd]
            .iter()
            .all(|value| value.is_finite());
        finite && self.sd >= 0.0 && self.min - slack <= self.mean && self.mean <= self.max + slack
    }
}

impl From<[f64; 4]> for Statistics {
    fn from([min, max, mean, sd]: [f64; 4]) -> Self {
        Self { min, max, mean, sd }
    }
}

impl From<Statistics> for [f64; 4] {
    fn from(statistics: Statistics) -> Self {
        let Statistics { min, max, mean, sd } = statistics;
        [min, max, mean, sd]
    }
}
