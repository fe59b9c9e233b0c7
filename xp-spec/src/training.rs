//! How a training minimises, judges and stops: equal for all trials of an experiment.

use serde::{Deserialize, Serialize};

use crate::scalar::short;

pub use crate::{evaluate::Evaluate, loss::Loss, schedule::Schedule};

/// Largest number of parts that a batch is split into.
pub const MAX_ACCUMULATION: u32 = 1024;

/// Largest improvement that may be asked of an evaluation: more than log-loss or 1 − AUC can ever gain.
const MAX_MIN_DELTA: f64 = 1.0;

/// Whether an improvement can be asked for.
pub fn check_min_delta(value: f64) -> Result<(), String> {
    if (0.0..=MAX_MIN_DELTA).contains(&value) {
        return Ok(());
    }
    Err(format!(
        "`min_delta` must be from 0 to {MAX_MIN_DELTA}, found {}",
        short(value)
    ))
}

/// Loss, objective, schedule and stopping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Training loss.
    pub loss: Loss,
    /// What selects an evaluation, stops early and is a search's value: one rule everywhere (F34).
    pub objective: Objective,
    /// Learning rate after warm-up.
    pub schedule: Schedule,
    /// How often it is evaluated on validation.
    pub evaluate: Evaluate,
    /// Evaluations without improvement of the validation objective after which training stops.
    pub patience: u32,
    /// Improvement below which an evaluation does not count as better.
    pub min_delta: f64,
    /// Parts in which a batch goes through the model, to save memory; gradients are summed before the optimizer's step.
    pub accumulation: u32,
    /// Numbers of the matrix products. Left out of the JSON at its default, so that experiments without it keep their hash.
    #[serde(default, skip_serializing_if = "Precision::is_fp32")]
    pub precision: Precision,
}

choices! {
    /// Format of the factors of matrix products. Weights, moments, norms, softmax, loss and the head are in f32 whatever is chosen here.
    precisions: Precision, default Fp32 {
        /// IEEE 754 binary32.
        fp32 => Fp32,
        /// bfloat16: the range of f32 with 8 bits of precision, hence no scaling of the loss (Kalamkar et al., arXiv 1905.12322).
        bf16 => Bf16,
    }
}

impl Precision {
    fn is_fp32(&self) -> bool {
        *self == Self::Fp32
    }
}

choices! {
    /// The validation objective; both are minimised.
    objectives: Objective, default LogLoss {
        /// Unweighted mean log-loss on validation, nats.
        log_loss => LogLoss,
        /// ROC-AUC on validation: 1 − AUC is minimised.
        auc => Auc,
    }
}

impl Objective {
    /// How values are named in output: what is printed is minimised.
    pub fn label(self) -> &'static str {
        match self {
            Self::LogLoss => "log-loss",
            Self::Auc => "1 − AUC",
        }
    }

    /// The value that is minimised; absent where validation has one class only.
    pub fn value(self, log_loss: f64, auc: Option<f64>) -> Option<f64> {
        match self {
            Self::LogLoss => Some(log_loss),
            Self::Auc => auc.map(|auc| 1.0 - auc),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_objective_is_minimised() {
        assert_eq!(Objective::LogLoss.value(0.6, None), Some(0.6));
        assert_eq!(Objective::Auc.value(0.6, Some(0.75)), Some(0.25));
        assert_eq!(Objective::Auc.value(0.6, None), None);
    }
}
