//! Ranks of predictions for many bootstrap replicates: predictions are sorted once, replicates differ in how often each counts.

/// Predictions in rising order; samples of equal probability form one tie.
pub(crate) struct Ranked {
    /// Sample and whether it is positive.
    order: Vec<(u32, bool)>,
    /// Ends of ties in `order`.
    ties: Vec<usize>,
}

impl Ranked {
    pub(crate) fn new(p: &[f64], y: &[f64]) -> Option<Self> {
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
    pub(crate) fn tied<'a>(&'a self, counts: &'a [u32]) -> impl Iterator<Item = (u64, u64)> + 'a {
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
    pub(crate) fn untied<'a>(&'a self, counts: &'a [u32]) -> impl Iterator<Item = (u64, u64)> + 'a {
        self.order.iter().rev().map(|&(sample, positive)| {
            let count = u64::from(counts.get(sample as usize).copied().unwrap_or(0));
            let hits = count * u64::from(positive);
            (hits, count - hits)
        })
    }

    pub(crate) fn is_distinct(&self) -> bool {
        self.ties.len() == self.order.len()
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        bootstrap::{Blocks, interval, percentiles},
        metrics::{
            pr_auc::{average_precision, average_precision_replicates},
            roc_auc::{roc_auc, roc_auc_replicates},
        },
    };

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
}
