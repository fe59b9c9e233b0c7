//! Brier score (Brier 1950).

use crate::metric::{Counted, Formula, Metric};

/// Mean squared difference of probability and label.
pub const METRIC: Metric = Metric {
    name: "Brier score",
    counted: Counted::Samples,
    formula: Formula::Probabilities(|set| {
        let squares: Vec<f64> = set
            .p
            .iter()
            .zip(set.y)
            .map(|(p, y)| (p - y).powi(2))
            .collect();
        Some(set.value(brier(set.p, set.y)?, &set.means(&squares)))
    }),
};

/// Mean squared difference of probability and label; absent for no samples.
pub fn brier(p: &[f64], y: &[f64]) -> Option<f64> {
    let sum: f64 = p.iter().zip(y).map(|(p, y)| (p - y).powi(2)).sum();
    (!p.is_empty()).then(|| sum / p.len() as f64)
}
