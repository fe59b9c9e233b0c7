//! A small problem that can be learned, and a training of it.

#![allow(dead_code, reason = "each test uses its part")]

use tch::Device;
use xp_clock::Clock;
use xp_engine::{
    model::PatchTst,
    rng::Stream,
    train::{
        Evaluation, FitConfig, Fitted, Flow, Hooks, Region, TrainError, TrainingData, Windows, fit,
    },
};
use xp_spec::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    count::count_parameters,
    execution::Execution,
    hyper::Hyperparameters,
    standardise::levels,
    training::{Evaluate, Loss, Objective, Precision, Schedule, Training},
};

pub(crate) const FEATURES: usize = 3;
pub(crate) const CONTEXT: u32 = 8;
pub(crate) const ROWS: i64 = 400;
/// Steps of an epoch: 293 samples in batches of 32.
pub(crate) const EPOCH: u32 = 10;

pub(crate) fn input() -> InputShape {
    InputShape {
        n_features: 3,
        context: CONTEXT,
        patch: 4,
        stride: 4,
        channels: Channels::Mixed,
        normalisation: Normalisation::None,
    }
}

pub(crate) fn config(epochs: u32) -> FitConfig {
    FitConfig {
        hyper: Hyperparameters {
            architecture: Architecture {
                d_model: 32,
                n_layers: 2,
                n_heads: 2,
                d_ff: 64,
            },
            learning_rate: 3e-3,
            weight_decay: 1e-3,
            dropout: 0.1,
            head_dropout: 0.1,
            warmup: 0.5 / f64::from(epochs),
            steps: EPOCH * epochs,
            batch_size: 32,
            clip_norm: 1.0,
        },
        training: Training {
            loss: Loss::Bce,
            objective: Objective::LogLoss,
            schedule: Schedule::Cosine,
            evaluate: Evaluate::EachEpoch,
            patience: 50,
            min_delta: 0.0,
            accumulation: 1,
            precision: Precision::Fp32,
        },
        seed: 11,
        max_steps: None,
        execution: Execution::Fused,
    }
}

/// Noise in three features; a sample is positive where the last value of the first one is above 0.
pub(crate) fn data() -> (Windows, Region, Region) {
    // Tests run beside each other: threads of their own would only wait.
    tch::set_num_threads(1);
    let noise = Stream::new(5, &[]);
    let values: Vec<f32> = (0..ROWS as u64 * 3)
        .map(|position| noise.normal(position) as f32)
        .collect();
    let region = |rows: std::ops::Range<i64>| Region {
        labels: rows
            .clone()
            .map(|row| {
                if values[row as usize * FEATURES] > 0.0 {
                    1.0
                } else {
                    0.0
                }
            })
            .collect(),
        rows: rows.collect(),
    };
    let (train, val) = (region(7..300), region(300..ROWS));
    (
        Windows::new(&values, FEATURES, CONTEXT, Device::Cpu)
            .unwrap()
            .with_levels(&levels(&values, FEATURES, CONTEXT, 7..300))
            .unwrap(),
        train,
        val,
    )
}

/// Stops before a step.
pub(crate) struct Quiet(pub(crate) Option<u32>);

impl Hooks for Quiet {
    fn before_step(&mut self, step: u32, _: f64) -> Flow {
        if self.0 == Some(step) {
            Flow::Stop("test")
        } else {
            Flow::Continue
        }
    }

    fn after_evaluation(&mut self, _: &Evaluation) -> Flow {
        Flow::Continue
    }
}

pub(crate) fn run(config: &FitConfig, stop: Option<u32>) -> Result<Fitted, TrainError> {
    let (windows, train, val) = data();
    let model = PatchTst::new(config.hyper.architecture, input(), config.seed, Device::Cpu)
        .unwrap()
        .unwrap();
    let counted = count_parameters(&config.hyper.architecture, &input())
        .unwrap()
        .total();
    assert_eq!(
        model.param_count(),
        counted,
        "the spec's count is the model's"
    );
    fit(
        model,
        &TrainingData {
            windows: &windows,
            train: &train,
            val: &val,
        },
        config,
        &Clock::manual(),
        &mut Quiet(stop),
    )
}
