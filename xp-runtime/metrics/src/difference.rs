//! The paired difference of two sets of predictions on the same samples, with its interval by moving-block bootstrap.

use serde::{Deserialize, Serialize};

use crate::{
    block::optimal_block,
    bootstrap::{Blocks, REPLICATES, percentiles},
    influence::auc_influence,
    metrics::{
        log_loss::log_losses,
        roc_auc::{roc_auc, roc_auc_replicates},
    },
};

/// A difference of two losses, ours less theirs: below 0 where ours are better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// On all samples.
    pub value: f64,
    /// 95 % interval; absent where more than 5 % of the replicates have no value.
    pub interval: Option<(f64, f64)>,
}

impl Difference {
    /// Whether the whole interval lies below 0.
    pub fn is_below_zero(&self) -> bool {
        self.interval.is_some_and(|(_, high)| high < 0.0)
    }
}

/// Difference of the mean log-losses of two sets of probabilities against labels, in order of time and of equal length. Blocks are as long
/// as the autocorrelation of the difference demands, at least `block` samples.
pub fn loss_difference(ours: &[f64], theirs: &[f64], labels: &[f64], block: usize) -> Difference {
    let n = labels.len();
    let differences = less(&log_losses(ours, labels), &log_losses(theirs, labels));
    let blocks = Blocks::new(n, optimal_block(&differences, block), REPLICATES);
    let replicates: Vec<f64> = blocks
        .sums(&differences)
        .iter()
        .map(|sum| sum / n as f64)
        .collect();
    Difference {
        value: differences.iter().sum::<f64>() / n as f64,
        interval: percentiles(&replicates),
    }
}

/// Difference of 1 − AUC of two sets of scores against labels, in order of time and of equal length; absent for one class. Blocks are as
/// long as the autocorrelation of the difference demands, at least `block` samples.
pub fn auc_difference(
    ours: &[f64],
    theirs: &[f64],
    labels: &[f64],
    block: usize,
) -> Option<Difference> {
    let value = roc_auc(theirs, labels)? - roc_auc(ours, labels)?;
    let influence = less(&auc_influence(theirs, labels), &auc_influence(ours, labels));
    let blocks = Blocks::new(labels.len(), optimal_block(&influence, block), REPLICATES);
    let replicates = less(
        &roc_auc_replicates(&blocks, theirs, labels),
        &roc_auc_replicates(&blocks, ours, labels),
    );
    Some(Difference {
        value,
        interval: percentiles(&replicates),
    })
}

fn less(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    let pairs = ours.iter().zip(theirs);
    pairs.map(|(ours, theirs)| ours - theirs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::log_loss::log_loss;

    #[test]
    fn differences_are_ours_less_theirs_and_zero_of_the_same() {
        let labels: Vec<f64> = (0..400).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
        let noise = |i: usize| (i * 37 % 101) as f64 / 1000.0;
        let good: Vec<f64> = labels
            .iter()
            .enumerate()
            .map(|(i, y)| 0.3 + 0.3 * y + noise(i))
            .collect();
        let prior = vec![1.0 / 3.0; 400];
        let found = loss_difference(&good, &prior, &labels, 20);
        let expected = log_loss(&good, &labels) - log_loss(&prior, &labels);
        assert!(
            (found.value - expected).abs() < 1e-12 && found.is_below_zero(),
            "{found:?}"
        );
        let turned = loss_difference(&prior, &good, &labels, 20);
        assert!(!turned.is_below_zero() && turned.value == -found.value);
        let by_auc = auc_difference(&good, &prior, &labels, 20).unwrap();
        assert_eq!((by_auc.value, by_auc.is_below_zero()), (-0.5, true));
        for same in [
            loss_difference(&good, &good, &labels, 20),
            auc_difference(&good, &good, &labels, 20).unwrap(),
        ] {
            assert_eq!((same.value, same.interval), (0.0, Some((0.0, 0.0))));
        }
        assert_eq!(auc_difference(&good, &prior, &[1.0; 400], 20), None);
    }
}
