//! Accuracy at a probability of ½.

use crate::metric::{Counted, Formula, Metric};

/// Share of right predictions at 0.5.
pub const METRIC: Metric = Metric {
    name: "accuracy",
    counted: Counted::Samples,
    formula: Formula::Probabilities(|set| {
        let right: Vec<f64> = set
            .p
            .iter()
            .zip(set.y)
            .map(|(p, y)| f64::from(u8::from(is_right(*p, *y))))
            .collect();
        Some(set.value(accuracy(set.p, set.y), &set.means(&right)))
    }),
};

fn is_right(p: f64, y: f64) -> bool {
    (p >= 0.5) == (y == 1.0)
}

/// Share of samples on the right side of 0.5.
pub fn accuracy(p: &[f64], y: &[f64]) -> f64 {
    let right = p.iter().zip(y).filter(|(p, y)| is_right(**p, **y)).count();
    right as f64 / p.len() as f64
}
