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

    /// Positives and negatives of each tie, falling.
    fn tied<'a>(&'a self, counts: &'a [u32]) -> impl Iterator<Item = (u64, u64)> + 'a {
        let mut rest = self.order.as_slice();
        let starts = self.ties.iter().rev().skip(1).copied();
        starts.chain(std::iter::once(0)).map(move |from| {
            let (before, tie) = rest.split_at(from.min(rest.len()));
            rest = before;
            let (mut positives, mut all) = (0_u32, 0_u32);
            for &(sample, positive) in tie {
                let count = counts.get(sample as usize).copied().unwrap_or(0);
                positives += count * u32::from(positive);
                all += count;
            }
            (u64::from(positives), u64::from(all - positives))
        })
    }

    /// The same where no two predictions are equal.
    fn alone<'a>(&'a self, counts: &'a [u32]) -> impl Iterator<Item = (u64, u64)> + 'a {
        self.order.iter().rev().map(|&(sample, positive)| {
            let count = u64::from(counts.get(sample as usize).copied().unwrap_or(0));
            let hits = count * u64::from(positive);
            (hits, count - hits)
        })
    }

    fn is_distinct(&self) -> bool {
        self.ties.len() == self.order.len()
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

/// Average precision of the same; absent without a positive.
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

/// ROC-AUC of each replicate, ties counting half; not a number where a replicate has one class.
pub fn roc_auc_replicates(blocks: &Blocks, p: &[f64], y: &[f64]) -> Vec<f64> {
    match Ranked::new(p, y) {
        None => vec![f64::NAN; blocks.replicates()],
        Some(ranked) if ranked.is_distinct() => blocks.map(|counts| auc(ranked.alone(counts))),
        Some(ranked) => blocks.map(|counts| auc(ranked.tied(counts))),
    }
}

/// Average precision of each replicate; not a number where a replicate has no positive.
pub fn average_precision_replicates(blocks: &Blocks, p: &[f64], y: &[f64]) -> Vec<f64> {
    match Ranked::new(p, y) {
        None => vec![f64::NAN; blocks.replicates()],
        Some(ranked) if ranked.is_distinct() => {
            blocks.map(|counts| precision(ranked.alone(counts)))
        }
        Some(ranked) => blocks.map(|counts| precision(ranked.tied(counts))),
    }
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
            let blocks = Blocks::new(200, 20, 60);
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
