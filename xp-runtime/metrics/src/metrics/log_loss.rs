//! Log-loss of probabilities.

use crate::metric::{Counted, Formula, Metric};

/// Unweighted mean log-loss.
pub const METRIC: Metric = Metric {
    name: "log-loss",
    counted: Counted::Samples,
    formula: Formula::Probabilities(|set| {
        let losses = log_losses(set.p, set.y);
        let mean = losses.iter().sum::<f64>() / set.n() as f64;
        Some(set.value(mean, &set.means(&losses)))
    }),
};

/// Probabilities stay this far from 0 and 1, so that one sure miss does not make a mean infinite.
const CLAMP: f64 = f64::EPSILON;

/// Log-loss of each sample.
pub fn log_losses(p: &[f64], y: &[f64]) -> Vec<f64> {
    p.iter()
        .zip(y)
        .map(|(p, y)| {
            let p = p.clamp(CLAMP, 1.0 - CLAMP);
            -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
        })
        .collect()
}

/// Unweighted mean log-loss; NaN for no samples.
pub fn log_loss(p: &[f64], y: &[f64]) -> f64 {
    log_losses(p, y).iter().sum::<f64>() / p.len() as f64
}
