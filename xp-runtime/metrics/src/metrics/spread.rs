//! Standard deviation of the predictions: near 0, a model predicts the class prior every day (F29).

use crate::{
    metric::{Counted, Formula, Metric},
    predicted::Predicted,
};

/// Standard deviation of the predictions.
pub const METRIC: Metric = Metric {
    name: "spread (sd) of predictions",
    counted: Counted::Samples,
    formula: Formula::Probabilities(|set| Some(set.value(spread(set.p)?, &replicates(set)))),
};

/// Standard deviation with n − 1; absent for fewer than two.
pub fn spread(p: &[f64]) -> Option<f64> {
    let n = p.len() as f64;
    let mean = p.iter().sum::<f64>() / n;
    let squares: f64 = p.iter().map(|p| (p - mean).powi(2)).sum();
    (p.len() > 1).then(|| (squares / (n - 1.0)).sqrt())
}

fn replicates(set: &Predicted<'_>) -> Vec<f64> {
    let n = set.n() as f64;
    // Around the mean of all, so that small spreads do not lose digits.
    let centre = set.p.iter().sum::<f64>() / n;
    let off: Vec<f64> = set.p.iter().map(|p| p - centre).collect();
    let squares: Vec<f64> = off.iter().map(|off| off * off).collect();
    set.blocks
        .sums(&off)
        .iter()
        .zip(set.blocks.sums(&squares))
        .map(|(sum, squares)| ((squares - sum * sum / n).max(0.0) / (n - 1.0)).sqrt())
        .collect()
}
