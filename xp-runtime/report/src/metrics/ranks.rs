//! ROC-AUC and average precision of many bootstrap replicates: predictions are sorted once, replicates differ in how often each counts.

use super::Blocks;

/// Predictions in rising order; samples of equal probability form one tie.
struct Ranked {
    /// Sample and whether it is positive.
    order: Vec<(u32, bool)>,
    /// Ends of ties in `order`.
    ties: Vec<usize>,
}

impl Ranked {
    fn new(p: &[f64], y: &[f64]) -> Option<Self> {
        if p.len() != y.len() || p.iter().any(|p| p.is_nan()) {
            return None;
        }
        let mut order: Vec<u32> = (0..u32::try_from(p.len()).ok()?).collect();
        let at = |values: &[f64], sample: u32| values.get(sample as usize).copied().unwrap_or(0.0);
        order.sort_by(|a, b| at(p, *a).total_cmp(&at(p, *b)));
        let mut ties = Vec::new();
        let mut end = 0;
        for tied in order.chunk_by(|a, b| at(p, *a) == at(p, *b)) {
            end += tied.len();
            ties.push(end);
        }
        Some(Self {
            order: order
                .into_iter()
                .map(|sample| (sample, at(y, sample) == 1.0))
                .collect(),
            ties,
        })
    }

    /// Positives and negatives of each tie, rising.
    fn tied<'a>(&'a self, counts: &'a [u32]) -> impl DoubleEndedIterator<Item = (u64, u64)> + 'a {
        let starts = std::iter::once(0).chain(self.ties.iter().copied());
        let bounds: Vec<(usize, usize)> = starts.zip(self.ties.iter().copied()).collect();
        bounds.into_iter().map(move |(from, to)| {
            let (mut positives, mut all) = (0_u32, 0_u32);
            for &(sample, positive) in self.order.get(from..to).unwrap_or_default() {
                let count = counts.get(sample as usize).copied().unwrap_or(0);
                positives += count * u32::from(positive);
                all += count;
            }
            (u64::from(positives), u64::from(all - positives))
        })
    }
}

/// ROC-AUC of each replicate, ties counting half; not a number where a replicate has one class.
pub fn roc_auc_replicates(blocks: &Blocks, p: &[f64], y: &[f64]) -> Vec<f64> {
    let Some(ranked) = Ranked::new(p, y) else {
        return vec![f64::NAN; blocks.replicates()];
    };
    let distinct = ranked.ties.len() == ranked.order.len();
    blocks.map(|counts| {
        // Twice the number of rightly ordered pairs, so that ties stay whole numbers.
        let (mut twice, mut below, mut positives) = (0_u64, 0_u64, 0_u64);
        if distinct {
            for &(sample, positive) in &ranked.order {
                let count = u64::from(counts.get(sample as usize).copied().unwrap_or(0));
                let hit = count * u64::from(positive);
                twice += hit * 2 * below;
                below += count - hit;
                positives += hit;
            }
        } else {
            for (hits, misses) in ranked.tied(counts) {
                twice += hits * (2 * below + misses);
                below += misses;
                positives += hits;
            }
        }
        (positives > 0 && below > 0).then(|| twice as f64 / (2.0 * positives as f64 * below as f64))
    })
}

/// Average precision of each replicate; not a number where a replicate has no positive.
pub fn average_precision_replicates(blocks: &Blocks, p: &[f64], y: &[f64]) -> Vec<f64> {
    let Some(ranked) = Ranked::new(p, y) else {
        return vec![f64::NAN; blocks.replicates()];
    };
    blocks.map(|counts| {
        let (mut sum, mut hits, mut seen) = (0.0, 0_u64, 0_u64);
        for (new, misses) in ranked.tied(counts).rev() {
            seen += new + misses;
            hits += new;
            if new > 0 {
                sum += new as f64 * hits as f64 / seen as f64;
            }
        }
        (hits > 0).then(|| sum / hits as f64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{average_precision, interval, percentiles, roc_auc};

    /// The fast replicates are those of the plain metrics on drawn samples, with ties and without.
    #[test]
    fn replicates_equal_the_plain_metrics_on_drawn_samples() {
        for steps in [1e9, 7.0] {
            let y: Vec<f64> = (0..200).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
            let p: Vec<f64> = (0..200)
                .map(|i| {
                    let x = f64::from(i * 7919 % 200) / 200.0 + y[i as usize] * 0.2;
                    (x * steps).round() / steps
                })
                .collect();
            let blocks = Blocks::new(200, 5, 60);
            let pick = |drawn: &[usize]| -> (Vec<f64>, Vec<f64>) {
                drawn.iter().map(|&i| (p[i], y[i])).unzip()
            };
            let plain = interval(&blocks, |drawn| {
                let (p, y) = pick(drawn);
                roc_auc(&p, &y)
            });
            let (fast, plain) = (
                percentiles(&roc_auc_replicates(&blocks, &p, &y)).unwrap(),
                plain.unwrap(),
            );
            assert!((fast.0 - plain.0).abs() < 1e-12 && (fast.1 - plain.1).abs() < 1e-12);
            let plain = interval(&blocks, |drawn| {
                let (p, y) = pick(drawn);
                average_precision(&p, &y)
            });
            let (fast, plain) = (
                percentiles(&average_precision_replicates(&blocks, &p, &y)).unwrap(),
                plain.unwrap(),
            );
            assert!((fast.0 - plain.0).abs() < 1e-12 && (fast.1 - plain.1).abs() < 1e-12);
        }
    }

    #[test]
    fn what_has_no_ranks_has_no_value() {
        let blocks = Blocks::new(3, 1, 4);
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
