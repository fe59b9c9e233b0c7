//! A baseline's metrics on the rows that a model is evaluated on (F40), as run records have them. It must not fit: `xp-baselines` does.

use serde::{Deserialize, Serialize};

use crate::{
    bootstrap::{Blocks, REPLICATES, percentiles},
    metrics::{
        log_loss::log_losses,
        roc_auc::{roc_auc, roc_auc_replicates},
    },
};

/// A baseline's metrics on one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaselineResult {
    /// Name, with the chosen hyperparameters.
    pub name: String,
    /// ROC-AUC, absent for one class.
    pub auc: Option<f64>,
    /// 95 % interval of the AUC by moving-block bootstrap; absent where all scores are equal, whose AUC is ½ by definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auc_interval: Option<(f64, f64)>,
    /// Mean log-loss, absent for a baseline without probabilities.
    pub loss: Option<f64>,
    /// 95 % interval of the mean log-loss by moving-block bootstrap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_interval: Option<(f64, f64)>,
    /// Samples.
    pub n: usize,
    /// Positive samples.
    pub positives: usize,
    /// Whether `scores` are probabilities of the positive class, or only in their order.
    #[serde(default)]
    pub probabilities: bool,
    /// One score per sample, in the order of the region, for paired comparisons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<f64>,
}

impl BaselineResult {
    /// Metrics of scores, one per label; the bootstrap draws blocks of `block` samples.
    pub fn new(
        name: String,
        scores: Vec<f64>,
        probabilities: bool,
        labels: &[f64],
        block: usize,
    ) -> Self {
        let n = labels.len();
        let blocks = Blocks::new(n, block, REPLICATES);
        let equal = scores.windows(2).all(|pair| pair.first() == pair.last());
        let losses = if probabilities {
            log_losses(&scores, labels)
        } else {
            Vec::new()
        };
        let mean_of =
            |sums: Vec<f64>| -> Vec<f64> { sums.iter().map(|sum| sum / n as f64).collect() };
        Self {
            name,
            auc: roc_auc(&scores, labels),
            auc_interval: (!equal)
                .then(|| percentiles(&roc_auc_replicates(&blocks, &scores, labels)))
                .flatten(),
            loss: (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / n as f64),
            loss_interval: (!losses.is_empty())
                .then(|| percentiles(&mean_of(blocks.sums(&losses))))
                .flatten(),
            n,
            positives: labels.iter().filter(|y| **y == 1.0).count(),
            probabilities,
            scores,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_without_probabilities_have_no_loss() {
        let labels = [1.0, 0.0, 1.0, 0.0];
        let found = BaselineResult::new(
            "x".to_owned(),
            vec![3.0, 1.0, -1.0, -2.0],
            false,
            &labels,
            20,
        );
        assert_eq!(
            (found.auc, found.loss, found.loss_interval),
            (Some(0.75), None, None)
        );
        assert_eq!((found.n, found.positives), (4, 2));
    }

    #[test]
    fn intervals_hold_their_values() {
        let labels: Vec<f64> = (0..400).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
        let scores: Vec<f64> = (0..400)
            .map(|i| if i % 3 == 0 { 0.5 } else { 0.3 } + 0.01 * f64::from(i * 7 % 31))
            .collect();
        let found = BaselineResult::new("x".to_owned(), scores, true, &labels, 20);
        for (value, interval) in [
            (found.auc, found.auc_interval),
            (found.loss, found.loss_interval),
        ] {
            let (value, (low, high)) = (value.unwrap(), interval.unwrap());
            assert!(low < value && value < high, "{value} [{low}, {high}]");
        }
    }

    #[test]
    fn a_constant_has_half_an_auc_and_no_interval_of_it() {
        let labels = [1.0, 0.0, 1.0, 0.0];
        let found = BaselineResult::new("x".to_owned(), vec![0.5; 4], true, &labels, 20);
        assert_eq!((found.auc, found.auc_interval), (Some(0.5), None));
        assert_eq!(found.loss, Some(std::f64::consts::LN_2));
    }
}
