//! Precision at a threshold (F41).

use crate::metric::{Counted, Formula, Metric};

/// Share of positive predictions that are right.
pub const METRIC: Metric = Metric {
    name: "precision",
    counted: Counted::PredictedPositives,
    formula: Formula::Classes(|set| {
        let predicted = set.counts.true_positives + set.counts.false_positives;
        set.share(predicted, &set.flagged)
    }),
};
