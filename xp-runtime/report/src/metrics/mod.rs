//! Metrics of probabilities against labels, each with n, positives and an interval. What one class cannot tell is absent.

mod bootstrap;
mod curve;
mod point;

pub use bootstrap::{Blocks, REPLICATES, interval};
pub use curve::{
    Confusion, average_precision, brier, calibration_error, confusion, delong, spread, wilson,
};
pub use point::{accuracy, base_rate, log_loss, log_losses, roc_auc};

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
