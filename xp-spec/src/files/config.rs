//! `configs/model/patchtst_{budget}.yaml` and `configs/defaults.yaml`.

use serde::{Deserialize, Serialize};

use crate::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    budget::Budget,
    count::count_parameters,
    hyper::scalar,
    loss::PlainLoss,
    machine::{DeviceChoice, Thermal},
    name::NameDefaults,
    pruner::Pruner,
    sampler::Sampler,
    task::LabelPrice,
    training::{MAX_ACCUMULATION, Objective, Precision, Schedule, check_min_delta},
};

/// The model configuration of one budget.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// The budget it is for; equals the file's name.
    pub budget: Budget,
    /// The shape used by `architecture: fixed`.
    pub architecture: Architecture,
    /// Bars per patch.
    pub patch: u32,
    /// Bars between the starts of two patches.
    pub stride: u32,
    /// Channel handling.
    pub channels: Channels,
    /// The published count; a file that contradicts it is refused.
    pub reference: ReferenceCount,
}

impl ModelConfig {
    /// The exact count of its shape on the reference's input; absent where no patch fits.
    pub fn reference_count(&self) -> Option<u64> {
        let input = InputShape {
            n_features: self.reference.n_features,
            context: self.reference.context,
            patch: self.patch,
            stride: self.stride,
            channels: self.channels,
            normalisation: Normalisation::None,
        };
        count_parameters(&self.architecture, &input).map(|count| count.total())
    }
}

/// An exact count for a known input, without RevIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceCount {
    /// Features per bar.
    pub n_features: u32,
    /// Bars per sample.
    pub context: u32,
    /// Trainable parameters.
    pub parameters: u64,
}

/// `configs/devices.yaml`: rates assumed of machines in estimates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// Format version, 1.
    pub version: u32,
    /// The machines.
    pub devices: DeviceRates,
}

/// Rates of the known machines.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceRates {
    /// Processors.
    pub cpu: CpuRate,
    /// NVIDIA's H200.
    pub h200: GpuRate,
}

/// Rate of a processor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CpuRate {
    /// Sustained GFLOP/s of one core in training.
    pub gflops_per_core: f64,
}

/// Rate of a graphics processor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GpuRate {
    /// Sustained GFLOP/s in training.
    pub gflops: f64,
    /// Memory in GiB.
    pub memory_gib: f64,
}

/// Values that an experiment leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// Values at which a name leaves a part out.
    pub name: NameDefaults,
    /// Price that must reach the threshold.
    pub label_price: LabelPrice,
    /// Input normalisation.
    pub normalisation: Normalisation,
    /// What selects epochs and trials.
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
    /// Whether each value is one that an experiment could say itself; the error names the first that is not.
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
        self.search.pruner.check()?;
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
    /// When a trial is stopped early.
    pub pruner: Pruner,
}

/// Training values that an experiment may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingDefaults {
    /// Training loss.
    pub loss: PlainLoss,
    /// Learning rate after warm-up.
    pub schedule: Schedule,
    /// Epochs without improvement.
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
