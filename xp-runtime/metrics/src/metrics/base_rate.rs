//! The share of positives, and the accuracy that it gives for nothing.

use crate::metric::{Counted, Formula, Metric};

/// Accuracy of always predicting the commoner class.
pub const METRIC: Metric = Metric {
    name: "accuracy of the commoner class",
    counted: Counted::Samples,
    formula: Formula::Probabilities(|set| {
        let commoner = |rate: &f64| rate.max(1.0 - rate);
        let replicates: Vec<f64> = set.means(set.y).iter().map(commoner).collect();
        Some(set.value(commoner(&base_rate(set.y)), &replicates))
    }),
};

/// Share of positives.
pub fn base_rate(y: &[f64]) -> f64 {
    y.iter().sum::<f64>() / y.len() as f64
}

/// Log-loss in nats of always predicting a share of positives that is the true one: its entropy, 0 for one class.
pub fn entropy(rate: f64) -> f64 {
    let term = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    term(rate) + term(1.0 - rate)
}
