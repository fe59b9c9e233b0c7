//! The losses that models are compared by, and how many days of a block their differences need.

use xp_metrics::{Blocks, auc_influence, log_losses, optimal_block};
use xp_scaling::Series;

use super::trained::{Trained, error, loss};
use crate::record::Predictions;

/// A loss of predictions against labels.
pub(super) struct Loss {
    /// In names of figures and files.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// As the laws call it.
    pub(super) of_law: &'static str,
    /// Its values on test, one for each seed; empty where it is not defined.
    pub(super) seeds: for<'a> fn(&'a Trained<'_>) -> &'a [Series],
    /// Whether it is one of probabilities, or of any scores.
    pub(super) of_probabilities: bool,
    /// Its value with replicates; absent where it is not defined.
    pub(super) series: fn(&Predictions, &Blocks) -> Option<Series>,
    /// What each sample contributes, up to a constant.
    contributions: fn(&Predictions) -> Vec<f64>,
}

pub(super) static LOSSES: [Loss; 2] = [
    Loss {
        id: "loss",
        name: "log-loss",
        of_law: "test log-loss",
        seeds: |trained| &trained.losses,
        of_probabilities: true,
        series: |set, blocks| Some(loss(set, blocks)),
        contributions: |set| log_losses(&set.probabilities, &set.labels),
    },
    Loss {
        id: "auc",
        name: "1 − AUC",
        of_law: "1 − AUC",
        seeds: |trained| &trained.errors,
        of_probabilities: false,
        series: error,
        contributions: |set| {
            let influence = auc_influence(&set.probabilities, &set.labels);
            influence.iter().map(|x| -x).collect()
        },
    },
];

impl Loss {
    /// Samples of a block for the difference of the means of two sides on the same samples, by its autocorrelation, at least `least`.
    pub(super) fn block(
        &self,
        ours: &[&Predictions],
        theirs: &[&Predictions],
        least: usize,
    ) -> usize {
        let (ours, theirs) = (self.mean(ours), self.mean(theirs));
        let difference: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| a - b).collect();
        optimal_block(&difference, least)
    }

    /// Mean contribution of each sample over several predictions of it.
    fn mean(&self, sets: &[&Predictions]) -> Vec<f64> {
        let mut sums: Vec<f64> = Vec::new();
        for set in sets {
            let found = (self.contributions)(set);
            if sums.is_empty() {
                sums = found;
            } else {
                sums.iter_mut().zip(found).for_each(|(sum, x)| *sum += x);
            }
        }
        sums.iter().map(|sum| sum / sets.len() as f64).collect()
    }
}
