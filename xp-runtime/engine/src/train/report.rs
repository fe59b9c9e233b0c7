//! The result of a training: each epoch's numbers, how it ended, what its monitors found. It computes nothing.

use serde::{Deserialize, Serialize};

use super::monitor::Flag;
use crate::model::{PatchTst, Probabilities};

/// One epoch's numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// Epoch, from 1.
    pub epoch: u32,
    /// Mean training loss over batches, with dropout.
    pub train_loss: f64,
    /// Unweighted mean log-loss on validation.
    pub val_loss: f64,
    /// ROC-AUC on validation, absent for one class.
    pub val_auc: Option<f64>,
    /// The validation objective, which is minimised: it selects the epoch, stops early and is a search's value.
    pub objective: f64,
    /// Learning rate of the last step.
    pub learning_rate: f64,
    /// Training throughput.
    pub samples_per_second: f64,
    /// Standard deviation of validation probabilities.
    pub spread: f64,
}

/// How a training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs ran.
    Finished,
    /// The validation objective had stopped improving.
    EarlyStopped,
    /// A hook asked for it.
    Stopped(&'static str),
    /// The loss was not finite or exploded (F30).
    Diverged,
}

/// Predictions on a region, in the order of its samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// Probabilities of the positive class.
    pub probabilities: Probabilities,
    /// Labels, 0 or 1.
    pub labels: Vec<f64>,
}

/// A trained model, with the weights of its best epoch.
#[derive(Debug)]
pub struct Fitted {
    /// The model.
    pub model: PatchTst,
    /// Best epoch, from 1; absent when no epoch finished.
    pub best_epoch: Option<u32>,
    /// Learning curve.
    pub curve: Vec<EpochReport>,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it predicts the class prior.
    pub collapsed: bool,
    /// What the monitors found, each once, in the order in which it was found.
    pub flags: Vec<Flag>,
    /// Seconds of training, over all starts of one that was resumed.
    pub seconds: f64,
}

impl Fitted {
    /// The selected epoch's numbers; absent when no epoch finished.
    pub fn selected(&self) -> Option<&EpochReport> {
        self.curve
            .iter()
            .find(|report| Some(report.epoch) == self.best_epoch)
    }
}
