//! How a training minimises, judges and stops: equal for all trials of an experiment.

use serde::{Deserialize, Serialize};

use crate::scalar::short;

pub use crate::{evaluate::Evaluate, loss::Loss};

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

choices! {
    /// Learning rate after the linear warm-up, from its peak.
    schedules: Schedule, default Cosine {
        /// Half a cosine to 0 (Loshchilov & Hutter, arXiv 1608.03983, without restarts).
        cosine => Cosine,
        /// A straight line to 0.
        linear => Linear,
        /// The peak throughout.
        constant => Constant,
    }
}

impl Schedule {
    /// Learning rate of step `step` (from 0) of `total` steps with `warmup` steps of linear warm-up.
    pub fn learning_rate(self, peak: f64, step: u64, warmup: u64, total: u64) -> f64 {
        if step < warmup {
            return peak * (step + 1) as f64 / warmup as f64;
        }
        let rest = total.saturating_sub(warmup).max(1);
        let progress = ((step - warmup) as f64 / rest as f64).min(1.0);
        match self {
            Self::Cosine => peak * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
            Self::Linear => peak * (1.0 - progress),
            Self::Constant => peak,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_warm_up_and_then_go_their_way() {
        let rates = |schedule: Schedule| -> Vec<f64> {
            (0..=10)
                .map(|step| schedule.learning_rate(1.0, step, 4, 10))
                .collect()
        };
        for (schedule, middle, last) in [
            (Schedule::Cosine, 0.5, 0.0),
            (Schedule::Linear, 0.5, 0.0),
            (Schedule::Constant, 1.0, 1.0),
        ] {
            let rates = rates(schedule);
            assert_eq!(rates[..5], [0.25, 0.5, 0.75, 1.0, 1.0], "{schedule:?}");
            assert!((rates[7] - middle).abs() < 1e-12, "{schedule:?}");
            assert!((rates[10] - last).abs() < 1e-12, "{schedule:?}");
            // A warm-up longer than the run stays below the peak and never divides by zero.
            assert_eq!(schedule.learning_rate(1.0, 9, 20, 10), 0.5);
        }
    }

    #[test]
    fn the_objective_is_minimised() {
        assert_eq!(Objective::LogLoss.value(0.6, None), Some(0.6));
        assert_eq!(Objective::Auc.value(0.6, Some(0.75)), Some(0.25));
        assert_eq!(Objective::Auc.value(0.6, None), None);
    }
}
