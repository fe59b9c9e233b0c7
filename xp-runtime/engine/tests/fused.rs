//! The training step by hand against autograd, with dropout on: loss and gradients to f32 rounding, and the losses of twenty steps.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::sync::Mutex;

use tch::{Device, Tensor};
use xp_clock::Clock;
use xp_engine::{
    model::{Dropout, PatchTst},
    rng::Stream,
    train::{
        Evaluation, FitConfig, Flow, FusedStep, Hooks, Region, TrainingData, Windows, fit,
        training_loss,
    },
};
use xp_spec::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    execution::Execution,
    hyper::Hyperparameters,
    standardise::levels,
    training::{Evaluate, Loss, Objective, Precision, Schedule, Training},
};

const FEATURES: u32 = 5;
/// More than a chunk on one thread.
const BATCH: i64 = 77;
/// libtorch's number of threads is the process's: one test at a time.
static THREADS: Mutex<()> = Mutex::new(());

/// d_model, heads, layers, d_ff; context, patch, stride.
type Case = ([u32; 4], [u32; 3], Normalisation, f64, Loss);

const CASES: [Case; 14] = [
    (SMALL, PLAIN, Normalisation::Revin, 0.3, Loss::Bce),
    (SMALL, PLAIN, Normalisation::None, 0.3, Loss::Bce),
    (SMALL, PLAIN, Normalisation::Zscore, 0.3, Loss::Bce),
    (SMALL, PLAIN, Normalisation::Revin, 0.0, Loss::Bce),
    (SMALL, PLAIN, Normalisation::Revin, 0.3, Loss::WeightedBce),
    (SMALL, PLAIN, Normalisation::Revin, 0.3, Loss::Focal(2.0)),
    (SMALL, PLAIN, Normalisation::Revin, 0.3, Loss::SoftAuc),
    (SMALL, PLAIN, Normalisation::RevinLevel, 0.3, Loss::Bce),
    (SMALL, PLAIN, Normalisation::RevinLevel, 0.0, Loss::SoftAuc),
    (
        [51, 3, 3, 70],
        [20, 6, 2],
        Normalisation::RevinLevel,
        0.2,
        Loss::Focal(2.0),
    ),
    (
        [34, 2, 1, 36],
        [12, 12, 12],
        Normalisation::RevinLevel,
        0.5,
        Loss::Bce,
    ),
    // A context of one bar, which the macro refuses, is a number even so.
    (
        [32, 2, 1, 64],
        [1, 1, 1],
        Normalisation::Revin,
        0.0,
        Loss::Bce,
    ),
    // Patches that overlap, sizes that no register divides; a single patch.
    (
        [51, 3, 3, 70],
        [20, 6, 2],
        Normalisation::Revin,
        0.2,
        Loss::Bce,
    ),
    (
        [34, 2, 1, 36],
        [9, 9, 9],
        Normalisation::None,
        0.5,
        Loss::Bce,
    ),
];
const SMALL: [u32; 4] = [32, 2, 2, 64];
const PLAIN: [u32; 3] = [20, 5, 5];

/// Of d_model, heads, layers and d_ff; context, patch and stride.
fn model_shape(
    [d_model, n_heads, n_layers, d_ff]: [u32; 4],
    [context, patch, stride]: [u32; 3],
    normalisation: Normalisation,
) -> (Architecture, InputShape) {
    let architecture = Architecture {
        d_model,
        n_layers,
        n_heads,
        d_ff,
    };
    let input = InputShape {
        n_features: FEATURES,
        context,
        patch,
        stride,
        channels: Channels::Mixed,
        normalisation,
    };
    (architecture, input)
}

/// Windows over values, with their levels where the model sees them.
fn windows_of(values: &[f32], input: &InputShape) -> Windows {
    let windows = Windows::new(values, FEATURES as usize, input.context, Device::Cpu).unwrap();
    if input.normalisation.level_inputs() == 0 {
        return windows;
    }
    let ends = input.context as usize - 1..60;
    windows
        .with_levels(&levels(values, FEATURES as usize, input.context, ends))
        .unwrap()
}

/// Largest difference of gradients, relative to the largest gradient.
fn difference(
    shape: [u32; 4],
    patching: [u32; 3],
    normalisation: Normalisation,
    rate: f64,
    loss: Loss,
) -> (f64, f64) {
    let (architecture, input) = model_shape(shape, patching, normalisation);
    let model = PatchTst::new(architecture, input, 3, Device::Cpu)
        .unwrap()
        .unwrap();
    let noise = Stream::new(9, &[]);
    let values: Vec<f32> = (0..100 * u64::from(FEATURES))
        .map(|position| noise.normal(position) as f32)
        .collect();
    // Norms, biases and positions away from their starts, so that nothing is multiplied by 1 or 0.
    let jitter: Vec<f32> = (0..model.param_count())
        .map(|position| 0.1 * noise.normal(10_000 + position) as f32)
        .collect();
    let _ = tch::no_grad(|| {
        model
            .flat()
            .shallow_clone()
            .f_add_(&Tensor::from_slice(&jitter))
    })
    .unwrap();
    let windows = windows_of(&values, &input);
    let rows: Vec<i64> = (0..BATCH).map(|i| i64::from(input.context) + i).collect();
    let labels: Vec<f32> = (0..BATCH).map(|i| f32::from(i % 3 == 0)).collect();
    let dropout = Dropout {
        encoder: rate,
        head: rate,
        seed: 1,
        epoch: 2,
        batch: 3,
        part: (5, rows.len() as u64),
    };
    let logits = model
        .forward(&windows.gather(&rows).unwrap(), Some(&dropout))
        .unwrap();
    let expected = training_loss(loss, &logits, &Tensor::from_slice(&labels), 1.7).unwrap();
    let theirs = Vec::<f32>::try_from(model.gradients(&expected).unwrap()).unwrap();

    let mut hand = FusedStep::new(&model).unwrap();
    let value = hand
        .loss(&model, &windows, (&rows, &labels), &dropout, (loss, 1.7))
        .unwrap();
    // More than a thread takes at once, and a rest.
    let many = rows.repeat(9);
    let by_tensors = tch::no_grad(|| {
        model
            .forward(&windows.gather(&many).unwrap(), None)
            .unwrap()
    });
    let by_tensors = by_tensors.values().unwrap();
    let by_kernels = hand.logits(&model, &windows, &many).unwrap();
    assert_eq!(by_kernels.len(), many.len());
    for (a, b) in by_kernels.iter().zip(&by_tensors) {
        assert!((a - b).abs() < 1e-5, "{by_kernels:?} {by_tensors:?}");
    }

    let largest = theirs.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    assert!(largest > 1e-3, "there is something to compare: {largest}");
    let off = hand
        .gradients()
        .iter()
        .zip(&theirs)
        .map(|(a, b)| f64::from((a - b).abs()))
        .fold(
            0.0,
            |most: f64, x| if x > most || x.is_nan() { x } else { most },
        );
    (
        (value - f64::try_from(expected).unwrap()).abs(),
        off / f64::from(largest),
    )
}

#[test]
fn loss_and_gradients_are_those_of_autograd() {
    let _alone = THREADS.lock();
    for threads in [1, 2, 3] {
        tch::set_num_threads(threads);
        for (shape, patching, normalisation, rate, loss) in CASES {
            let (loss_off, gradients_off) = difference(shape, patching, normalisation, rate, loss);
            assert!(
                loss_off < 2e-6 && gradients_off < 5e-6,
                "{threads} threads, {shape:?} {patching:?} {normalisation:?} {rate} {loss:?}: {loss_off:e}, {gradients_off:e}"
            );
        }
    }
}

#[test]
fn a_level_that_is_absent_is_no_number() {
    let _alone = THREADS.lock();
    let (architecture, input) = model_shape(SMALL, PLAIN, Normalisation::RevinLevel);
    let model = PatchTst::new(architecture, input, 3, Device::Cpu)
        .unwrap()
        .unwrap();
    let values = vec![0.5; 100 * FEATURES as usize];
    let without = Windows::new(&values, FEATURES as usize, input.context, Device::Cpu).unwrap();
    let dropout = Dropout {
        encoder: 0.0,
        head: 0.0,
        seed: 0,
        epoch: 0,
        batch: 0,
        part: (0, 2),
    };
    let samples = (&[40, 41][..], &[0.0, 1.0][..]);
    let mut hand = FusedStep::new(&model).unwrap();
    let fused = hand.loss(&model, &without, samples, &dropout, (Loss::Bce, 1.0));
    let logits = hand.logits(&model, &without, samples.0);
    let whole = model.forward(&without.gather(samples.0).unwrap(), None);
    for error in [fused.unwrap_err(), logits.unwrap_err(), whole.unwrap_err()] {
        assert!(error.to_string().contains("level"), "{error}");
    }
}

struct Quiet;

impl Hooks for Quiet {
    fn before_step(&mut self, _: u32, _: f64) -> Flow {
        Flow::Continue
    }

    fn after_evaluation(&mut self, _: &Evaluation) -> Flow {
        Flow::Continue
    }
}

/// Losses of 5 epochs of 4 batches, the last smaller, on both regions.
fn losses(
    (shape, patching, normalisation, rate, loss): Case,
    execution: Execution,
    accumulation: u32,
) -> Vec<f64> {
    let (architecture, input) = model_shape(shape, patching, normalisation);
    let config = FitConfig {
        hyper: Hyperparameters {
            architecture,
            learning_rate: 1e-3,
            weight_decay: 1e-2,
            dropout: rate,
            head_dropout: rate / 2.0,
            warmup: 0.15,
            steps: 20,
            batch_size: 13,
            clip_norm: 0.5,
        },
        training: Training {
            loss,
            objective: Objective::LogLoss,
            schedule: Schedule::Cosine,
            evaluate: Evaluate::EachEpoch,
            patience: 100,
            min_delta: 0.0,
            accumulation,
            precision: Precision::Fp32,
        },
        seed: 3,
        max_steps: None,
        execution,
    };
    let noise = Stream::new(9, &[]);
    let values: Vec<f32> = (0..110 * u64::from(FEATURES))
        .map(|position| noise.normal(position) as f32)
        .collect();
    let region = |from: i64, to: i64| Region {
        rows: (from..to).collect(),
        labels: (from..to).map(|row| f32::from(row % 3 == 0)).collect(),
    };
    let windows = windows_of(&values, &input);
    let model = PatchTst::new(architecture, input, config.seed, Device::Cpu)
        .unwrap()
        .unwrap();
    let (train, val) = (region(20, 65), region(65, 110));
    let fitted = fit(
        model,
        &TrainingData {
            windows: &windows,
            train: &train,
            val: &val,
        },
        &config,
        &Clock::manual(),
        &mut Quiet,
    )
    .unwrap();
    assert_eq!(fitted.curve.len(), 5);
    let curve = fitted.curve.iter();
    curve
        .flat_map(|report| [report.train_loss, report.val_loss])
        .collect()
}

#[test]
fn twenty_steps_have_the_losses_of_autograd() {
    let _alone = THREADS.lock();
    tch::set_num_threads(1);
    for case in CASES {
        // Pairs of samples need the whole batch.
        let parts: &[u32] = if case.4 == Loss::SoftAuc {
            &[1]
        } else {
            &[1, 3]
        };
        for &accumulation in parts {
            let expected = losses(case, Execution::Whole, accumulation);
            let fused = losses(case, Execution::Fused, accumulation);
            assert!(
                (expected[0] - expected[8]).abs() > 1e-3,
                "it learns: {expected:?}"
            );
            // Pairs say nothing of a shift of all logits, which the log-loss on validation sees: the bias moves by rounding alone.
            let every = if case.4 == Loss::SoftAuc { 2 } else { 1 };
            for (a, b) in expected.iter().zip(&fused).step_by(every) {
                assert!(
                    (a - b).abs() < 2e-5,
                    "{case:?}, {accumulation} parts: {expected:?} {fused:?}"
                );
            }
        }
    }
}
