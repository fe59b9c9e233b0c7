//! The paired difference of two sets of predictions on the same samples, with its interval by moving-block bootstrap.

use serde::{Deserialize, Serialize};

use crate::{
    bootstrap::{Blocks, percentiles},
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

/// Difference of the mean log-losses of two sets of probabilities against labels, in order of time and of equal length.
pub fn loss_difference(
    ours: &[f64],
    theirs: &[f64],
    labels: &[f64],
    blocks: &Blocks,
) -> Difference {
    let n = labels.len() as f64;
    let ours = log_losses(ours, labels);
    let differences: Vec<f64> = ours
        .iter()
        .zip(log_losses(theirs, labels))
        .map(|(ours, theirs)| ours - theirs)
        .collect();
    let replicates: Vec<f64> = blocks
        .sums(&differences)
        .iter()
        .map(|sum| sum / n)
        .collect();
    Difference {
        value: differences.iter().sum::<f64>() / n,
        interval: percentiles(&replicates),
    }
}

/// Difference of 1 − AUC of two sets of scores against labels, in order of time and of equal length; absent for one class.
pub fn auc_difference(
    ours: &[f64],
    theirs: &[f64],
    labels: &[f64],
    blocks: &Blocks,
) -> Option<Difference> {
    let value = roc_auc(theirs, labels)? - roc_auc(ours, labels)?;
    let replicates: Vec<f64> = roc_auc_replicates(blocks, theirs, labels)
        .iter()
        .zip(roc_auc_replicates(blocks, ours, labels))
        .map(|(theirs, ours)| theirs - ours)
        .collect();
    Some(Difference {
        value,
        interval: percentiles(&replicates),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bootstrap::REPLICATES, metrics::log_loss::log_loss};

    #[test]
    fn differences_are_ours_less_theirs_and_zero_of_the_same() {
        let labels: Vec<f64> = (0..400).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
        let blocks = Blocks::new(400, 20, REPLICATES);
        let noise = |i: usize| (i * 37 % 101) as f64 / 1000.0;
        let good: Vec<f64> = labels
            .iter()
            .enumerate()
            .map(|(i, y)| 0.3 + 0.3 * y + noise(i))
            .collect();
        let prior = vec![1.0 / 3.0; 400];
        let found = loss_difference(&good, &prior, &labels, &blocks);
        let expected = log_loss(&good, &labels) - log_loss(&prior, &labels);
        assert!(
            (found.value - expected).abs() < 1e-12 && found.is_below_zero(),
            "{found:?}"
        );
        let turned = loss_difference(&prior, &good, &labels, &blocks);
        assert!(!turned.is_below_zero() && turned.value == -found.value);
        let by_auc = auc_difference(&good, &prior, &labels, &blocks).unwrap();
        assert_eq!((by_auc.value, by_auc.is_below_zero()), (-0.5, true));
        for same in [
            loss_difference(&good, &good, &labels, &blocks),
            auc_difference(&good, &good, &labels, &blocks).unwrap(),
        ] {
            assert_eq!((same.value, same.interval), (0.0, Some((0.0, 0.0))));
        }
        assert_eq!(auc_difference(&good, &prior, &[1.0; 400], &blocks), None);
    }
}
