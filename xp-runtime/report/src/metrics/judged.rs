//! All metrics of one set of predictions, each with what it was computed on and its interval by moving-block bootstrap.

use super::{
    BINS, Blocks, accuracy, average_precision, average_precision_replicates, base_rate, bin, brier,
    calibration_error, confusion, delong, log_losses, percentiles, roc_auc, roc_auc_replicates,
    spread, wilson,
};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Metric {
    /// Unweighted mean log-loss.
    LogLoss,
    /// Share of right predictions at 0.5.
    Accuracy,
    /// Accuracy of always saying the commoner class.
    BaseRateAccuracy,
    /// Area under the ROC curve.
    RocAuc,
    /// The same with the interval of DeLong, which takes samples as independent.
    RocAucDelong,
    /// Area under the precision-recall curve as average precision.
    PrAuc,
    /// Mean squared difference of probability and label.
    Brier,
    /// Expected calibration error over ten bins.
    CalibrationError,
    /// Standard deviation of the predictions.
    Spread,
    /// Share of positive predictions that are right, at a threshold.
    Precision(Threshold),
    /// Share of positives that are found, at a threshold.
    Recall(Threshold),
    /// Harmonic mean of precision and recall, at a threshold.
    F1(Threshold),
}

/// From which probability on a prediction counts as positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// 0.5.
    Half,
    /// The one with the best F1 on validation.
    Validation(f64),
}

impl Threshold {
    /// The probability.
    pub fn value(self) -> f64 {
        match self {
            Self::Half => 0.5,
            Self::Validation(value) => value,
        }
    }
}

impl std::fmt::Display for Threshold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Half => f.write_str("0.5"),
            Self::Validation(value) => write!(f, "{value:.3} (best F1 on validation)"),
        }
    }
}

impl std::fmt::Display for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LogLoss => f.write_str("log-loss"),
            Self::Accuracy => f.write_str("accuracy"),
            Self::BaseRateAccuracy => f.write_str("accuracy of the commoner class"),
            Self::RocAuc => f.write_str("ROC-AUC"),
            Self::RocAucDelong => f.write_str("ROC-AUC, DeLong interval"),
            Self::PrAuc => f.write_str("PR-AUC"),
            Self::Brier => f.write_str("Brier score"),
            Self::CalibrationError => f.write_str("expected calibration error"),
            Self::Spread => f.write_str("spread (sd) of predictions"),
            Self::Precision(at) => write!(f, "precision at {at}"),
            Self::Recall(at) => write!(f, "recall at {at}"),
            Self::F1(at) => write!(f, "F1 at {at}"),
        }
    }
}

/// A metric's value with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// What was measured.
    pub metric: Metric,
    /// Its value.
    pub value: f64,
    /// 95 % interval; absent where more than 5 % of the replicates have no value.
    pub interval: Option<(f64, f64)>,
    /// What is counted: samples, or for precision the positive predictions, for recall the positives.
    pub n: usize,
    /// How many of them are positive.
    pub positives: usize,
}

/// All metrics of probabilities `p` against labels `y` in order of time. Absent ones (one class, no positive prediction) are left out; a
/// share without a bootstrap interval, or with one of no width, has Wilson's, which takes samples as independent.
pub fn judge(p: &[f64], y: &[f64], blocks: &Blocks, chosen: Option<f64>) -> Vec<Judged> {
    let n = p.len();
    if n == 0 || n != y.len() || n != blocks.samples() {
        return Vec::new();
    }
    let positives = y.iter().filter(|y| **y == 1.0).count();
    let mut found = Vec::new();
    let mut keep = |metric, value: Option<f64>, interval| {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            found.push(Judged {
                metric,
                value,
                interval,
                n,
                positives,
            });
        }
    };
    let mean = |values: &[f64]| -> Vec<f64> {
        let scale = n as f64;
        blocks.sums(values).iter().map(|sum| sum / scale).collect()
    };
    let losses = log_losses(p, y);
    let loss = losses.iter().sum::<f64>() / n as f64;
    keep(Metric::LogLoss, Some(loss), percentiles(&mean(&losses)));
    let right: Vec<f64> = p
        .iter()
        .zip(y)
        .map(|(p, y)| f64::from(u8::from((*p >= 0.5) == (*y == 1.0))))
        .collect();
    keep(
        Metric::Accuracy,
        Some(accuracy(p, y)),
        percentiles(&mean(&right)),
    );
    let rates: Vec<f64> = mean(y).iter().map(|rate| rate.max(1.0 - rate)).collect();
    let rate = base_rate(y);
    keep(
        Metric::BaseRateAccuracy,
        Some(rate.max(1.0 - rate)),
        percentiles(&rates),
    );
    let auc = roc_auc(p, y);
    keep(
        Metric::RocAuc,
        auc,
        percentiles(&roc_auc_replicates(blocks, p, y)),
    );
    let independent = delong(p, y).map(|auc| (auc.low, auc.high));
    keep(
        Metric::RocAucDelong,
        auc.filter(|_| independent.is_some()),
        independent,
    );
    let precisions = average_precision_replicates(blocks, p, y);
    keep(
        Metric::PrAuc,
        average_precision(p, y),
        percentiles(&precisions),
    );
    let squares: Vec<f64> = p.iter().zip(y).map(|(p, y)| (p - y).powi(2)).collect();
    keep(Metric::Brier, brier(p, y), percentiles(&mean(&squares)));
    let calibration = percentiles(&calibration_replicates(p, y, blocks));
    keep(
        Metric::CalibrationError,
        calibration_error(p, y),
        calibration,
    );
    let spreads = percentiles(&spread_replicates(p, blocks));
    keep(Metric::Spread, spread(p), spreads);
    for at in std::iter::once(Threshold::Half).chain(chosen.map(Threshold::Validation)) {
        found.extend(at_threshold(p, y, blocks, at));
    }
    found
}

/// Precision, recall and F1 at one threshold.
fn at_threshold(p: &[f64], y: &[f64], blocks: &Blocks, at: Threshold) -> Vec<Judged> {
    let count = |is: &dyn Fn(bool, bool) -> bool| -> Vec<f64> {
        let of = |(p, y): (&f64, &f64)| f64::from(u8::from(is(*p >= at.value(), *y == 1.0)));
        blocks.sums(&p.iter().zip(y).map(of).collect::<Vec<_>>())
    };
    // Differences of prefix sums of whole numbers are exact.
    let hits = count(&|said, is| said && is);
    let said = count(&|said, _| said);
    let are = count(&|_, is| is);
    let ratio = |over: &[f64]| -> Vec<f64> {
        let share = |(hits, over): (&f64, &f64)| if *over > 0.0 { hits / over } else { f64::NAN };
        hits.iter().zip(over).map(share).collect()
    };
    let f1: Vec<f64> = hits
        .iter()
        .zip(said.iter().zip(&are))
        .map(|(hits, (said, are))| 2.0 * hits / (said + are))
        .collect();
    let counts = confusion(p, y, at.value());
    let (tp, fp, missed) = (
        counts.true_positives,
        counts.false_positives,
        counts.false_negatives,
    );
    let share = |metric, hits: usize, n: usize, replicates: &[f64]| {
        let independent = wilson(hits, n)?;
        Some(Judged {
            metric,
            value: independent.value,
            // Where all or none are hits, every replicate says the same, which is no certainty.
            interval: percentiles(replicates)
                .filter(|(low, high)| low < high)
                .or(Some((independent.low, independent.high))),
            n,
            positives: hits,
        })
    };
    let f1 = counts.f1().map(|value| Judged {
        metric: Metric::F1(at),
        value,
        interval: percentiles(&f1),
        n: p.len(),
        positives: tp + missed,
    });
    [
        share(Metric::Precision(at), tp, tp + fp, &ratio(&said)),
        share(Metric::Recall(at), tp, tp + missed, &ratio(&are)),
        f1,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn calibration_replicates(p: &[f64], y: &[f64], blocks: &Blocks) -> Vec<f64> {
    let mut sums = vec![0.0; blocks.replicates()];
    for wanted in 0..BINS {
        let gap = |(p, y): (&f64, &f64)| if bin(*p) == wanted { p - y } else { 0.0 };
        let gaps: Vec<f64> = p.iter().zip(y).map(gap).collect();
        if gaps.iter().all(|gap| *gap == 0.0) {
            continue;
        }
        for (sum, gap) in sums.iter_mut().zip(blocks.sums(&gaps)) {
            *sum += gap.abs();
        }
    }
    sums.iter().map(|sum| sum / p.len() as f64).collect()
}

fn spread_replicates(p: &[f64], blocks: &Blocks) -> Vec<f64> {
    let n = p.len() as f64;
    // Around the mean of all, so that small spreads keep their digits.
    let centre = p.iter().sum::<f64>() / n;
    let off: Vec<f64> = p.iter().map(|p| p - centre).collect();
    let squares: Vec<f64> = off.iter().map(|off| off * off).collect();
    blocks
        .sums(&off)
        .iter()
        .zip(blocks.sums(&squares))
        .map(|(sum, squares)| ((squares - sum * sum / n).max(0.0) / (n - 1.0)).sqrt())
        .collect()
}
