//! Result of a scaling study.

use super::{
    exponent::Exponent,
    held_out::Extrapolation,
    power::PowerLaw,
    prediction::Prediction,
    profile::{Profiled, profiled},
    series::Series,
    verdict::Verdict,
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
    pub(crate) prediction: Prediction,
    /// Variance of a size's mean around a curved law, in units of the loss, with its degrees of freedom.
    pub(crate) around_curve: Option<(f64, f64)>,
}

impl Law {
    /// L = E + a·N^(−α) with its profile intervals; absent with fewer than four sizes, or where the points do not identify it.
    pub fn saturating(&self) -> Option<Profiled> {
        let (variance, df) = self.around_curve?;
        let means = self.points.iter().map(|(n, loss)| (*n, loss.value));
        let (sizes, losses): (Vec<f64>, Vec<f64>) = means.unzip();
        profiled(&[sizes], &losses, variance, df)
    }

    /// 95 % band of the power law at a size.
    pub fn band(&self, size: f64) -> (f64, f64) {
        self.prediction.band(size)
    }
}
