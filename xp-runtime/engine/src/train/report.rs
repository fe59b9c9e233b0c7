//! The result of a training: each evaluation's numbers, how it ended, what its monitors found. It computes nothing.

use serde::{Deserialize, Serialize};

use super::monitor::Flag;
use crate::model::{PatchTst, Probabilities};

/// The numbers of one evaluation on validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Optimizer steps made.
    pub step: u32,
    /// Passes over the training samples made, as a fraction.
    pub epoch: f64,
    /// Mean training loss by sample since the evaluation before, with dropout.
    pub train_loss: f64,
    /// Unweighted mean log-loss on validation.
    pub val_loss: f64,
    /// ROC-AUC on validation, absent for one class.
    pub val_auc: Option<f64>,
    /// The validation objective, which is minimised: it selects the weights, stops early and is a search's value.
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
    /// All steps were made.
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

/// A trained model, with the weights of its best evaluation.
#[derive(Debug)]
pub struct Fitted {
    /// The model.
    pub model: PatchTst,
    /// Steps of the best evaluation; absent when there was none.
    pub best_step: Option<u32>,
    /// Learning curve.
    pub curve: Vec<Evaluation>,
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
    /// The selected evaluation; absent when there was none.
    pub fn selected(&self) -> Option<&Evaluation> {
        self.curve
            .iter()
            .find(|evaluation| Some(evaluation.step) == self.best_step)
    }
}
