//! Numbers as text.

use crate::record::Predictions;

/// `n 600, 400 positive`.
pub(super) fn counted(set: &Predictions) -> String {
    let positives = set.labels.iter().filter(|y| **y == 1.0).count();
    format!("n {}, {positives} positive", set.labels.len())
}

/// `0.1234 [0.1, 0.2]`.
pub(super) fn with_interval(value: f64, interval: Option<(f64, f64)>) -> String {
    match interval {
        Some((low, high)) => format!("{value:.4} [{low:.4}, {high:.4}]"),
        None => format!("{value:.4} (no interval)"),
    }
}

/// Mean ± standard deviation with the count.
pub(super) fn mean_sd(values: &[f64]) -> String {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    match n {
        0 => "not run".to_owned(),
        1 => format!("{mean:.4} (n 1)"),
        _ => {
            let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
            let sd = (squares / (n as f64 - 1.0)).sqrt();
            format!("{mean:.4} ± {sd:.4} (n {n})")
        }
    }
}
