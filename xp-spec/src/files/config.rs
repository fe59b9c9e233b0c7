//! `configs/defaults.yaml`: values that an experiment leaves out.

use serde::{Deserialize, Serialize};

use crate::{
    architecture::PlainNormalisation,
    evaluate::Evaluate,
    loss::PlainLoss,
    machine::{DeviceChoice, Thermal},
    name::NameDefaults,
    pruner::PrunerName,
    sampler::Sampler,
    scalar::scalar,
    task::LabelPrice,
    training::{MAX_ACCUMULATION, Objective, Precision, Schedule, check_min_delta},
};

/// Values that an experiment leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// Values at which a name leaves a part out.
    pub name: NameDefaults,
    /// Price that must reach the threshold.
    pub label_price: LabelPrice,
    /// Input normalisation.
    pub normalisation: PlainNormalisation,
    /// What selects evaluations and trials.
    pub objective: Objective,
    /// Training.
    pub training: TrainingDefaults,
    /// Choice of trials.
    pub search: SearchDefaults,
    /// Limits of the thermal guard, °C.
    pub thermal: Thermal,
    /// Where tensors live.
    pub device: DeviceChoice,
}

impl Defaults {
    /// Whether each value is one that an experiment could specify itself; the error names the first that is not.
    pub fn check(&self) -> Result<(), String> {
        let training = &self.training;
        for (name, value) in [
            ("head_dropout", training.head_dropout),
            ("batch_size", f64::from(training.batch_size)),
            ("clip_norm", training.clip_norm),
        ] {
            if let Some(scalar) = scalar(name) {
                scalar.check(value)?;
            }
        }
        let whole = |name: &str, value: u64, low: u64, high: u64| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(format!(
                "`{name}` must be from {low} to {high}, found {value}"
            ))
        };
        whole(
            "accumulation",
            training.accumulation.into(),
            1,
            MAX_ACCUMULATION.into(),
        )?;
        whole("patience", training.patience.into(), 1, 10_000)?;
        whole("seed", training.seed, 0, i64::MAX as u64)?;
        whole(
            "startup_trials",
            self.search.startup_trials.into(),
            1,
            10_000,
        )?;
        check_min_delta(training.min_delta)?;
        training.evaluate.check()?;
        self.thermal.check().map_err(|(_, message)| message)
    }
}

/// Search values that an experiment may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchDefaults {
    /// How the next point is chosen.
    pub sampler: Sampler,
    /// Trials before a model decides.
    pub startup_trials: u32,
    /// When a trial is stopped early; its parameters are those that the name alone means.
    pub pruner: PrunerName,
}

/// Training values that an experiment may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingDefaults {
    /// Training loss.
    pub loss: PlainLoss,
    /// Learning rate after warm-up.
    pub schedule: Schedule,
    /// How often it is evaluated.
    pub evaluate: Evaluate,
    /// Evaluations without improvement.
    pub patience: u32,
    /// Smallest improvement that counts.
    pub min_delta: f64,
    /// Dropout before the head.
    pub head_dropout: f64,
    /// Samples per optimizer step.
    pub batch_size: u32,
    /// Parts in which a batch goes through the model.
    pub accumulation: u32,
    /// Numbers of the matrix products.
    pub precision: Precision,
    /// Largest global gradient norm.
    pub clip_norm: f64,
    /// Seed of a search.
    pub seed: u64,
}
