//! ROC-AUC with DeLong's interval, for comparison with the bootstrap's.

use super::{roc_auc::roc_auc, spread::spread};
use crate::{
    estimate::Estimate,
    influence::placements,
    metric::{Counted, Formula, Metric},
    value::Value,
    wilson::Z,
};

/// ROC-AUC with the interval of DeLong, which assumes independent samples.
pub const METRIC: Metric = Metric {
    name: "ROC-AUC, DeLong interval",
    counted: Counted::Samples,
    formula: Formula::Probabilities(|set| {
        let auc = delong(set.p, set.y)?;
        Some(Value {
            value: auc.value,
            interval: Some((auc.low, auc.high)),
            n: set.n(),
            positives: set.positives,
        })
    }),
};

/// ROC-AUC with the interval of DeLong, DeLong and Clarke-Pearson (1988) by midranks (Sun and Xu 2014), on the logit scale so that it stays
/// within 0 and 1. It assumes independent samples: published intervals are the moving-block bootstrap's. Absent for one class, for
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
    Some(spread(&placements(own, others))?.powi(2) / own.len() as f64)
}
