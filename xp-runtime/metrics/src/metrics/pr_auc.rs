//! Area under the precision-recall curve as average precision, of all samples and of bootstrap replicates.

use crate::{
    bootstrap::Blocks,
    metric::{Counted, Formula, Metric},
    ranks::Ranked,
};

/// Area under the precision-recall curve as average precision.
pub const METRIC: Metric = Metric {
    name: "PR-AUC",
    counted: Counted::Samples,
    formula: Formula::Probabilities(|set| {
        let area = average_precision(set.p, set.y)?;
        let replicates = average_precision_replicates(set.blocks, set.p, set.y);
        Some(set.value(area, &replicates))
    }),
};

/// Average precision: Σ (recall step) · precision over falling thresholds, without interpolation, as scikit-learn defines it; absent
/// without a positive.
pub fn average_precision(p: &[f64], y: &[f64]) -> Option<f64> {
    let positives = y.iter().filter(|y| **y == 1.0).count() as f64;
    if positives == 0.0 || p.iter().any(|p| p.is_nan()) {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> = p.iter().copied().zip(y.iter().copied()).collect();
    pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut seen, mut hits, mut sum) = (0.0, 0.0, 0.0);
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        let new = tied.iter().filter(|(_, y)| *y == 1.0).count() as f64;
        seen += tied.len() as f64;
        hits += new;
        sum += new / positives * hits / seen;
    }
    Some(sum)
}

/// Average precision of each replicate; not a number where a replicate has no positive.
pub fn average_precision_replicates(blocks: &Blocks, p: &[f64], y: &[f64]) -> Vec<f64> {
    match Ranked::new(p, y) {
        None => vec![f64::NAN; blocks.replicates()],
        Some(ranked) if ranked.is_distinct() => {
            blocks.map(|counts| precision(ranked.untied(counts)))
        }
        Some(ranked) => blocks.map(|counts| precision(ranked.tied(counts))),
    }
}

/// Average precision of positives and negatives by falling probability; absent without a positive.
fn precision(groups: impl Iterator<Item = (u64, u64)>) -> Option<f64> {
    // Whole numbers of this size are exact as f64. Groups without a positive add 0: a branch on them costs more than the division.
    let (mut sum, mut hits, mut seen) = (0.0, 0.0, 0.0_f64);
    for (new, misses) in groups {
        let new = new as f64;
        seen += new + misses as f64;
        hits += new;
        sum += new * hits / seen.max(1.0);
    }
    (hits > 0.0).then(|| sum / hits)
}
