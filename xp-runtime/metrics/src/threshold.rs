//! From which probability on a prediction counts as positive.

/// A threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// 0.5.
    Half,
    /// The one with the best F1 on validation.
    Validation(f64),
}

impl Threshold {
    /// The probability.
    pub fn value(self) -> f64 {
        match self {
            Self::Half => 0.5,
            Self::Validation(value) => value,
        }
    }
}

impl std::fmt::Display for Threshold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Half => f.write_str("0.5"),
            Self::Validation(value) => write!(f, "{value:.3} (best F1 on validation)"),
        }
    }
}

/// The threshold with the best F1, among the probabilities that occur, the highest of equally good ones; absent without a positive. Choose
/// it on validation, and evaluate it on test.
pub fn best_f1_threshold(p: &[f64], y: &[f64]) -> Option<f64> {
    let positives = y.iter().filter(|y| **y == 1.0).count();
    if positives == 0 || p.iter().any(|p| p.is_nan()) {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> = p.iter().copied().zip(y.iter().copied()).collect();
    pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut predicted, mut hits) = (0, 0);
    let mut best: Option<(f64, f64)> = None;
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        predicted += tied.len();
        hits += tied.iter().filter(|(_, y)| *y == 1.0).count();
        let f1 = 2.0 * hits as f64 / (predicted + positives) as f64;
        if let Some((threshold, _)) = tied
            .first()
            .filter(|_| best.is_none_or(|(most, _)| f1 > most))
        {
            best = Some((f1, *threshold));
        }
    }
    best.map(|(_, threshold)| threshold)
}
