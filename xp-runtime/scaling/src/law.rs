//! Result of a scaling study.

use super::{
    exponent::Exponent, held_out::Extrapolation, power::PowerLaw, prediction::Prediction,
    profile::Profiled, series::Series, verdict::Verdict,
};

/// What a study found.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    /// L = a·N^(−α).
    pub power: PowerLaw,
    /// Its exponent with interval and p-value.
    pub alpha: Exponent,
    /// Absent with fewer than four sizes: two points fit any law.
    pub extrapolation: Option<Extrapolation>,
    /// By α's p-value after correction for the number of laws, unless the points follow no power law.
    pub verdict: Verdict,
    /// Sizes with the mean loss over seeds, ascending.
    pub points: Vec<(f64, Series)>,
    /// Size and loss of each seed.
    pub seeds: Vec<(f64, f64)>,
    /// Fewest seeds of a size.
    pub fewest_seeds: usize,
    /// Standard deviation of a size's mean around the law, in ln L, with its degrees of freedom: what sizes scatter, days and seeds included.
    pub scatter: (f64, f64),
    /// Tasks over which the scatter is pooled; 1 where it is this task's own.
    pub pooled: usize,
    /// What of it days and seeds explain, in ln L.
    pub explained: f64,
    /// p-value of curvature in ln N; absent with fewer than four sizes.
    pub curvature: Option<f64>,
    /// Verdicts that the p-value is corrected for, this one included.
    pub verdicts: usize,
    /// L = E + a·N^(−α) with its profile intervals; absent with fewer than four sizes, or where the points do not identify it.
    pub saturating: Option<Profiled>,
    pub(crate) prediction: Prediction,
}

impl Law {
    /// 95 % band of the power law at a size.
    pub fn band(&self, size: f64) -> (f64, f64) {
        self.prediction.band(size)
    }
}
