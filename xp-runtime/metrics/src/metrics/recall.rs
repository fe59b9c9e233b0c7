//! Recall at a threshold.

use crate::metric::{Counted, Formula, Metric};

/// Share of positives that are found.
pub const METRIC: Metric = Metric {
    name: "recall",
    counted: Counted::Positives,
    formula: Formula::Classes(|set| set.share(set.predicted.positives, &set.positives)),
};
