//! Area under the ROC curve, of all samples and of bootstrap replicates.

use crate::{
    bootstrap::Blocks,
    metric::{Counted, Formula, Metric},
    ranks::Ranked,
};

/// Area under the ROC curve.
pub const METRIC: Metric = Metric {
    name: "ROC-AUC",
    counted: Counted::Samples,
    formula: Formula::Probabilities(|set| {
        let auc = roc_auc(set.p, set.y)?;
        Some(set.value(auc, &roc_auc_replicates(set.blocks, set.p, set.y)))
    }),
};

/// Area under the ROC curve as the Mann–Whitney statistic, ties counting half; absent unless both classes are there.
pub fn roc_auc(p: &[f64], y: &[f64]) -> Option<f64> {
    let positives = y.iter().filter(|y| **y == 1.0).count() as f64;
    let negatives = y.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 || p.iter().any(|p| p.is_nan()) {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> = p.iter().copied().zip(y.iter().copied()).collect();
    // Order within ties does not matter; every bootstrap replicate pays for this sort.
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut below) = (0.0, 0.0);
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        let size = tied.len() as f64;
        let rank = below + (size + 1.0) / 2.0;
        let hits = tied.iter().filter(|(_, y)| *y == 1.0).count() as f64;
        rank_sum += rank * hits;
        below += size;
    }
    Some((rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

/// ROC-AUC of each replicate, ties counting half; not a number where a replicate has one class.
pub fn roc_auc_replicates(blocks: &Blocks, p: &[f64], y: &[f64]) -> Vec<f64> {
    match Ranked::new(p, y) {
        None => vec![f64::NAN; blocks.replicates()],
        Some(ranked) if ranked.is_distinct() => blocks.map(|counts| auc(ranked.untied(counts))),
        Some(ranked) => blocks.map(|counts| auc(ranked.tied(counts))),
    }
}

/// ROC-AUC, ties counting half, of positives and negatives by falling probability; absent for one class.
fn auc(groups: impl Iterator<Item = (u64, u64)>) -> Option<f64> {
    // Twice the number of rightly ordered pairs, so that ties stay whole numbers.
    let (mut twice, mut above, mut negatives) = (0_u64, 0_u64, 0_u64);
    for (hits, misses) in groups {
        twice += misses * (2 * above + hits);
        above += hits;
        negatives += misses;
    }
    (above > 0 && negatives > 0).then(|| twice as f64 / (2.0 * above as f64 * negatives as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_class_has_no_auc() {
        assert_eq!(roc_auc(&[0.1, 0.9], &[1.0, 1.0]), None);
        assert_eq!(roc_auc(&[], &[]), None);
        assert_eq!(roc_auc(&[0.5, 0.5, 0.5], &[1.0, 0.0, 0.0]), Some(0.5));
    }

    #[test]
    fn what_has_no_ranks_has_no_value() {
        let blocks = Blocks::new(3, 20, 4);
        for (p, y) in [
            (vec![0.1, 0.2, f64::NAN], vec![1.0, 0.0, 1.0]),
            (vec![0.1, 0.2, 0.3], vec![1.0, 1.0, 1.0]),
            (vec![0.1], vec![1.0]),
        ] {
            let found = roc_auc_replicates(&blocks, &p, &y);
            assert!(found.len() == 4 && found.iter().all(|x| x.is_nan()));
        }
    }
}
