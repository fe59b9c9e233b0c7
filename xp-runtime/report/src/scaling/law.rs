//! Input and result of a scaling study.

use super::{
    power::PowerLaw,
    saturating::Saturating,
    series::{MIN_SEEDS, Series},
    verdict::Verdict,
};

/// One size of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct LawPoint {
    /// Exact parameter count, number of features, or effective dimension.
    pub size: f64,
    /// The loss of each seed, with replicates of the same test days in all points.
    pub seeds: Vec<Series>,
}

/// The largest size predicted from the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Extrapolation {
    /// The size held out.
    pub size: f64,
    /// Loss that the law of the other sizes predicts.
    pub predicted: f64,
    /// Loss that was measured.
    pub measured: f64,
    /// Predicted / measured − 1, with replicates.
    pub error: Series,
}

/// What a study found.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    /// L = a·N^(−α).
    pub power: PowerLaw,
    /// α with its replicates.
    pub alpha: Series,
    /// L = E + a·N^(−α); absent with fewer than four sizes, or where the points do not identify it.
    pub saturating: Option<Saturating>,
    /// Interval of its α; absent where more than 5 % of the replicates do not identify it.
    pub saturating_alpha: Option<(f64, f64)>,
    /// Absent with fewer than four sizes: two points fit any law.
    pub extrapolation: Option<Extrapolation>,
    /// By α's interval.
    pub verdict: Verdict,
    /// Sizes with the mean loss over seeds, ascending.
    pub points: Vec<(f64, Series)>,
    /// Size and loss of each seed.
    pub seeds: Vec<(f64, f64)>,
    /// Fewest seeds of a size.
    pub fewest_seeds: usize,
    /// Replicates of the power law, for a band.
    pub replicates: Vec<PowerLaw>,
}

impl Law {
    /// Whether the variance of seeds is in the intervals.
    pub fn has_seed_variance(&self) -> bool {
        self.fewest_seeds >= MIN_SEEDS
    }

    /// 95 % band of the power law at a size.
    pub fn band(&self, size: f64) -> Option<(f64, f64)> {
        let values: Vec<f64> = self.replicates.iter().map(|law| law.at(size)).collect();
        xp_metrics::percentiles(&values)
    }
}
