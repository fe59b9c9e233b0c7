//! Metrics of probabilities beyond loss, accuracy and ROC-AUC: precision-recall, calibration, spread; and DeLong's interval.
//! `p` are probabilities, `y` labels 0 or 1, of equal length.

use super::{Estimate, roc_auc};

/// 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

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

/// Brier score: mean squared difference of probability and label (Brier 1950); absent for no samples.
pub fn brier(p: &[f64], y: &[f64]) -> Option<f64> {
    let sum: f64 = p.iter().zip(y).map(|(p, y)| (p - y).powi(2)).sum();
    (!p.is_empty()).then(|| sum / p.len() as f64)
}

/// Bins of equal width of [`calibration_error`].
pub(crate) const BINS: usize = 10;

/// The bin of a probability.
pub(crate) fn bin(p: f64) -> usize {
    ((p * BINS as f64) as usize).min(BINS - 1)
}

/// Expected calibration error over ten bins of equal width (Guo et al., arXiv 1706.04599, eq. 5); absent for no samples.
pub fn calibration_error(p: &[f64], y: &[f64]) -> Option<f64> {
    let mut gaps = [0.0; BINS];
    for (p, y) in p.iter().zip(y) {
        if let Some(gap) = gaps.get_mut(bin(*p)) {
            *gap += p - y;
        }
    }
    (!p.is_empty()).then(|| gaps.iter().map(|gap| gap.abs()).sum::<f64>() / p.len() as f64)
}

/// Standard deviation of the predictions: near 0, a model says the class prior every day (F29); absent for fewer than two.
pub fn spread(p: &[f64]) -> Option<f64> {
    let n = p.len() as f64;
    let mean = p.iter().sum::<f64>() / n;
    let squares: f64 = p.iter().map(|p| (p - mean).powi(2)).sum();
    (p.len() > 1).then(|| (squares / (n - 1.0)).sqrt())
}

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

/// The threshold with the best F1, among the probabilities that occur, the highest of equally good ones; absent without a positive. It is
/// to be chosen on validation and judged on test.
pub fn best_f1_threshold(p: &[f64], y: &[f64]) -> Option<f64> {
    let positives = y.iter().filter(|y| **y == 1.0).count();
    if positives == 0 || p.iter().any(|p| p.is_nan()) {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> = p.iter().copied().zip(y.iter().copied()).collect();
    pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut said, mut hits) = (0, 0);
    let mut best: Option<(f64, f64)> = None;
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        said += tied.len();
        hits += tied.iter().filter(|(_, y)| *y == 1.0).count();
        let f1 = 2.0 * hits as f64 / (said + positives) as f64;
        if let Some((threshold, _)) = tied
            .first()
            .filter(|_| best.is_none_or(|(most, _)| f1 > most))
        {
            best = Some((f1, *threshold));
        }
    }
    best.map(|(_, threshold)| threshold)
}

/// A share with its 95 % score interval (Wilson 1927), which stays honest for few samples. It takes samples as independent; overlapping
/// labels make the truth wider.
pub fn wilson(hits: usize, n: usize) -> Option<Estimate> {
    if n == 0 {
        return None;
    }
    let (count, share) = (n as f64, hits as f64 / n as f64);
    let scale = 1.0 + Z * Z / count;
    let centre = (share + Z * Z / (2.0 * count)) / scale;
    let half = Z / scale * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
    Some(Estimate {
        value: share,
        low: (centre - half).max(0.0),
        high: (centre + half).min(1.0),
        n,
        positives: hits,
    })
}

/// ROC-AUC with the interval of DeLong, DeLong and Clarke-Pearson (1988) by midranks (Sun and Xu 2014), on the logit scale so that it stays
/// within 0 and 1. It takes samples as independent: published intervals are the moving-block bootstrap's. Absent for one class, for
/// fewer than two samples of a class, and where the variance is 0: no pair, or every pair, is ordered rightly, or all predictions are equal.
pub fn delong(p: &[f64], y: &[f64]) -> Option<Estimate> {
    let value = roc_auc(p, y)?;
    let of = |class: f64| -> Vec<f64> {
        p.iter()
            .zip(y)
            .filter(|(_, y)| **y == class)
            .map(|(p, _)| *p)
            .collect()
    };
    let (positive, negative) = (of(1.0), of(0.0));
    let variance =
        placement_variance(&positive, &negative)? + placement_variance(&negative, &positive)?;
    let inside = value * (1.0 - value);
    if inside <= 0.0 || variance <= 0.0 {
        return None;
    }
    let (logit, sd) = ((value / (1.0 - value)).ln(), variance.sqrt() / inside);
    let expit = |x: f64| 1.0 / (1.0 + (-x).exp());
    Some(Estimate {
        value,
        low: expit(logit - Z * sd),
        high: expit(logit + Z * sd),
        n: p.len(),
        positives: positive.len(),
    })
}

/// Variance of the mean share of `others` that lie below each of `own`, ties counting half.
fn placement_variance(own: &[f64], others: &[f64]) -> Option<f64> {
    let mut sorted = others.to_vec();
    sorted.sort_by(f64::total_cmp);
    let placements: Vec<f64> = own
        .iter()
        .map(|x| {
            let below = sorted.partition_point(|other| other < x);
            let not_above = sorted.partition_point(|other| other <= x);
            (below + not_above) as f64 / (2.0 * sorted.len() as f64)
        })
        .collect();
    Some(spread(&placements)?.powi(2) / own.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_of_seven_says_how_little_it_says() {
        // scipy.stats.binomtest(6, 7).proportion_ci(method="wilson"); F41.
        let found = wilson(6, 7).unwrap();
        assert!((found.low - 0.486_872_170_725_7).abs() < 1e-12, "{found}");
        assert!((found.high - 0.974_320_375_655_3).abs() < 1e-12, "{found}");
        assert_eq!((found.n, found.positives), (7, 6));
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn what_the_classes_cannot_tell_is_absent() {
        let one_class = ([0.2, 0.9], [1.0, 1.0]);
        assert_eq!(delong(&one_class.0, &one_class.1), None);
        assert_eq!(average_precision(&[0.2, 0.9], &[0.0, 0.0]), None);
        assert_eq!(delong(&[0.1, 0.2, 0.8, 0.9], &[0.0, 0.0, 1.0, 1.0]), None);
        let none = confusion(&[0.1], &[0.0], 0.5);
        assert_eq!(
            (none.precision(), none.recall(), none.f1()),
            (None, None, None)
        );
        assert_eq!(
            (brier(&[], &[]), calibration_error(&[], &[]), spread(&[0.5])),
            (None, None, None)
        );
    }
}
