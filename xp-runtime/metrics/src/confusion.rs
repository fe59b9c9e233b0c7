//! Right and wrong predictions at a threshold, counted.

use crate::{estimate::Estimate, wilson::wilson};

/// Right and wrong predictions at a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confusion {
    /// Predicted positive, positive.
    pub true_positives: usize,
    /// Predicted positive, negative.
    pub false_positives: usize,
    /// Predicted negative, positive.
    pub false_negatives: usize,
    /// Predicted negative, negative.
    pub true_negatives: usize,
}

/// Counts predictions, positive where the probability reaches `threshold`.
pub fn confusion(p: &[f64], y: &[f64], threshold: f64) -> Confusion {
    let mut found = Confusion::default();
    for (p, y) in p.iter().zip(y) {
        let cell = match (*p >= threshold, *y == 1.0) {
            (true, true) => &mut found.true_positives,
            (true, false) => &mut found.false_positives,
            (false, true) => &mut found.false_negatives,
            (false, false) => &mut found.true_negatives,
        };
        *cell += 1;
    }
    found
}

impl Confusion {
    /// Share of positive predictions that are right, with n = the positive predictions (F41); absent where there is none.
    pub fn precision(&self) -> Option<Estimate> {
        wilson(
            self.true_positives,
            self.true_positives + self.false_positives,
        )
    }

    /// Share of positives that are found, with n = the positives; absent where there is none.
    pub fn recall(&self) -> Option<Estimate> {
        wilson(
            self.true_positives,
            self.true_positives + self.false_negatives,
        )
    }

    /// Harmonic mean of precision and recall; absent where nothing is positive or predicted so.
    pub fn f1(&self) -> Option<f64> {
        let wrong = self.false_positives + self.false_negatives;
        let twice = 2 * self.true_positives;
        (twice + wrong > 0).then(|| twice as f64 / (twice + wrong) as f64)
    }
}
