//! A resolved experiment: what the macro has validated and the runtime executes. Nothing in it is optional by accident:
//! defaults are already filled in.

use serde::{Deserialize, Serialize};

use crate::{
    architecture::{Channels, InputShape, Normalisation},
    baseline::Baseline,
    budget::Budget,
    machine::{DeviceChoice, Thermal},
    market::SimulatedMarket,
    space::{Assignment, SearchSpace},
    split::{Labelling, Split},
    strategy::Strategy,
    task::{Horizon, LabelPrice, Task},
    timescale::Timescale,
    training::Training,
};

/// Samples of a moving-block bootstrap's block: as many bars of `bar_days` trading days as span max(20, 2h) trading days, since labels of
/// neighbouring days overlap.
pub fn block_length(horizon: u32, bar_days: u32) -> usize {
    horizon.saturating_mul(2).max(20).div_ceil(bar_days.max(1)) as usize
}

/// One experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// Name of the binary, `{hpo|train}_{budget}_{task}…`.
    pub binary: String,
    /// Phase, such as `phase6a`.
    pub phase: String,
    /// What the author wants to remember.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Parameter budget.
    pub budget: Budget,
    /// Share by which the exact parameter count may differ from it.
    pub tolerance: f64,
    /// Task.
    pub task: Task,
    /// Price that must reach the threshold.
    pub label_price: LabelPrice,
    /// Trading days ahead.
    pub horizon: Horizon,
    /// Trading days per bar.
    pub timescale: Timescale,
    /// Processed data set.
    pub data: DataSet,
    /// Names of the features, in order.
    pub features: Vec<String>,
    /// Bars per sample.
    pub context: u32,
    /// Bars per patch.
    pub patch: u32,
    /// Bars between the starts of two patches.
    pub stride: u32,
    /// Channel handling.
    pub channels: Channels,
    /// Input normalisation.
    pub normalisation: Normalisation,
    /// Borders of train, validation and test.
    pub split: Split,
    /// How training stops and what it minimises.
    pub training: Training,
    /// What the results are compared with, on the same rows.
    pub baselines: Vec<Baseline>,
    /// Limits of the thermal guard.
    pub thermal: Thermal,
    /// Where tensors live.
    pub device: DeviceChoice,
    /// Search or training.
    pub run: Run,
}

/// The processed data set that an experiment reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSet {
    /// Name in `data/manifest.yaml`.
    pub name: String,
    /// Parquet, relative to the workspace.
    pub path: String,
    /// Checksum of its columns, as its lock has it.
    pub columns_md5: String,
    /// MD5 of the daily prices behind its labels.
    pub prices_md5: String,
    /// The simulated market that its prices were drawn from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated: Option<SimulatedMarket>,
}

/// What an experiment does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// A hyperparameter search; it never sees test data (F39).
    Hpo(Hpo),
    /// A training with one or more seeds, evaluated once on test data.
    Train(Train),
}

/// A hyperparameter search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hpo {
    /// Trials at most.
    pub trials: u32,
    /// Seconds at most.
    pub timeout_seconds: u64,
    /// Seed of the sampler and of every trial's training.
    pub seed: u64,
    /// How trials are chosen and ended early.
    pub strategy: Strategy,
    /// Searched parameters.
    pub space: SearchSpace,
    /// Hyperparameters that are not searched.
    pub fixed: Assignment,
}

/// A training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Train {
    /// Where the hyperparameters come from.
    pub params: Params,
    /// One training per seed.
    pub seeds: Vec<u64>,
}

/// Source of a training's hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Params {
    /// Best trial of a search.
    Best(String),
    /// Mean of the best trials of two searches.
    Between(String, String),
    /// Written in the file.
    Fixed(Assignment),
}

impl Params {
    /// The searches whose results are borrowed.
    pub fn sources(&self) -> Vec<&str> {
        match self {
            Self::Best(study) => vec![study],
            Self::Between(a, b) => vec![a, b],
            Self::Fixed(_) => Vec::new(),
        }
    }
}

impl Experiment {
    /// Name in logs and paths: `{phase}_{binary}`.
    pub fn name(&self) -> String {
        format!("{}_{}", self.phase, self.binary)
    }

    /// `hpo` or `training`, as in the experiment log.
    pub fn run_type(&self) -> &'static str {
        match self.run {
            Run::Hpo(_) => "hpo",
            Run::Train(_) => "training",
        }
    }

    /// What the encoder reads.
    pub fn input(&self) -> InputShape {
        InputShape {
            n_features: self.features.len() as u32,
            context: self.context,
            patch: self.patch,
            stride: self.stride,
            channels: self.channels,
            normalisation: self.normalisation,
        }
    }

    /// Samples of a bootstrap's block.
    pub fn block_length(&self) -> usize {
        block_length(self.horizon.days(), self.timescale.days())
    }

    /// What decides samples and labels.
    pub fn labelling(&self) -> Labelling {
        Labelling {
            task: self.task,
            price: self.label_price,
            horizon: self.horizon,
            timescale: self.timescale,
            context: self.context,
            split: self.split,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_trading_days_whatever_a_bar_is() {
        for (horizon, bar_days, expected) in [
            (5, 1, 20),
            (7, 1, 20),
            (12, 1, 24),
            (5, 2, 10),
            (7, 3, 7),
            (5, 5, 4),
        ] {
            assert_eq!(
                block_length(horizon, bar_days),
                expected,
                "{horizon} {bar_days}"
            );
        }
    }
}
