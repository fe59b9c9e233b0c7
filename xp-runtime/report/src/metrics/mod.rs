//! Metrics of probabilities against labels, each with n, positives and an interval. What one class cannot tell is absent.

mod bootstrap;
mod curve;
mod judged;
mod point;
mod ranks;

pub(crate) use bootstrap::Draws;
pub use bootstrap::{Blocks, REPLICATES, interval, percentiles};
pub(crate) use curve::{BINS, bin};
pub use curve::{
    Confusion, average_precision, best_f1_threshold, brier, calibration_error, confusion, delong,
    spread, wilson,
};
pub use judged::{Judged, Metric, Threshold, judge};
pub use point::{accuracy, base_rate, log_loss, log_losses, roc_auc};
pub use ranks::{average_precision_replicates, roc_auc_replicates};

/// A number that may be published.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// Samples behind it.
    pub n: usize,
    /// Positive samples behind it.
    pub positives: usize,
}

impl std::fmt::Display for Estimate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.4} [{:.4}, {:.4}] (n {}, {} positive)",
            self.value, self.low, self.high, self.n, self.positives
        )
    }
}
