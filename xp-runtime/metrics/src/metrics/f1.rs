//! F1 at a threshold.

use crate::metric::{Counted, Formula, Metric};

/// Harmonic mean of precision and recall.
pub const METRIC: Metric = Metric {
    name: "F1",
    counted: Counted::Samples,
    formula: Formula::Classes(|set| {
        let f1 =
            |(hits, (flagged, positives)): (&f64, (&f64, &f64))| 2.0 * hits / (flagged + positives);
        let others = set.flagged.iter().zip(&set.positives);
        let replicates: Vec<f64> = set.hits.iter().zip(others).map(f1).collect();
        Some(set.predicted.value(set.counts.f1()?, &replicates))
    }),
};
