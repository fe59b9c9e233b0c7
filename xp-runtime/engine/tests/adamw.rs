//! Twenty steps with warm-up, cosine, clipping and decay on matrices only, and four losses, against numbers that PyTorch wrote
//! (`fixtures/adamw.py`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{collections::BTreeMap, ops::Range, path::Path};

use tch::{Device, Kind, Tensor};
use xp_clock::Clock;
use xp_engine::{
    kernels,
    model::{Logits, PatchTst},
    train::{
        AdamW, Evaluation, FitConfig, Flow, Hooks, Region, TrainingData, Windows, fit,
        training_loss,
    },
};
use xp_spec::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    execution::{Execution, Moments},
    hyper::Hyperparameters,
    training::{Evaluate, Loss, Objective, Precision, Schedule, Training},
};

const STEPS: u32 = 20;
const WARMUP: u32 = 5;
const PEAK: f64 = 3e-3;
const DECAY: f64 = 0.05;
const CLIP: f64 = 0.5;

const SHAPE: Architecture = Architecture {
    d_model: 16,
    n_layers: 2,
    n_heads: 4,
    d_ff: 32,
};

const INPUT: InputShape = InputShape {
    n_features: 5,
    context: 20,
    patch: 4,
    stride: 2,
    channels: Channels::Mixed,
    normalisation: Normalisation::None,
};

fn read(path: &str) -> BTreeMap<String, Tensor> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    Tensor::read_safetensors(path)
        .unwrap()
        .into_iter()
        .collect()
}

fn fixture() -> BTreeMap<String, Tensor> {
    read("tests/fixtures/adamw.safetensors")
}

fn reference() -> BTreeMap<String, Tensor> {
    read("../../tests/fixtures/reference/mixed_tiny.safetensors")
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    Vec::<f64>::try_from(tensor.to_kind(Kind::Double).flatten(0, -1)).unwrap()
}

fn model(reference: &BTreeMap<String, Tensor>) -> PatchTst {
    let mut model = PatchTst::new(SHAPE, INPUT, 0, Device::Cpu)
        .unwrap()
        .unwrap();
    for (key, value) in reference {
        if let Some(name) = key.strip_prefix("param.") {
            model.set(name, value).unwrap();
        }
    }
    model
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

/// All that a training does at once: the loop's own losses and rates are PyTorch's, whatever computes the steps.
#[test]
fn twenty_steps_of_a_training_are_those_of_pytorch() {
    tch::set_num_threads(1);
    let (reference, expected) = (reference(), fixture());
    // The file's windows lie behind each other: each ends `context` rows after the one before.
    let data: Vec<f32> = numbers(&reference["input"])
        .iter()
        .map(|x| *x as f32)
        .collect();
    let windows = Windows::new(&data, 5, INPUT.context, Device::Cpu).unwrap();
    let region = || Region {
        rows: (1..=8).map(|window| window * 20 - 1).collect(),
        labels: numbers(&reference["label"])
            .iter()
            .map(|y| *y as f32)
            .collect(),
    };
    for execution in [
        Execution::Fused,
        Execution::Whole,
        Execution::Layerwise(Moments::Full),
    ] {
        let config = FitConfig {
            hyper: Hyperparameters {
                architecture: SHAPE,
                learning_rate: PEAK,
                weight_decay: DECAY,
                dropout: 0.0,
                head_dropout: 0.0,
                warmup: f64::from(WARMUP) / f64::from(STEPS),
                steps: STEPS,
                batch_size: 8,
                clip_norm: CLIP,
            },
            training: Training {
                loss: Loss::Bce,
                objective: Objective::LogLoss,
                schedule: Schedule::Cosine,
                evaluate: Evaluate::Every(1),
                patience: 1000,
                min_delta: 0.0,
                accumulation: 1,
                precision: Precision::Fp32,
            },
            seed: 1,
            max_steps: None,
            execution,
        };
        let fitted = fit(
            model(&reference),
            &TrainingData {
                windows: &windows,
                train: &region(),
                val: &region(),
            },
            &config,
            &Clock::manual(),
            &mut Quiet,
        )
        .unwrap();
        assert_eq!(fitted.curve.len(), STEPS as usize);
        let (losses, rates) = (numbers(&expected["loss"]), numbers(&expected["rate"]));
        for (step, report) in fitted.curve.iter().enumerate() {
            let off = (report.train_loss - losses[step]).abs();
            assert!(off < 1e-5, "{execution:?}, step {step}: off by {off:e}");
            assert!((report.learning_rate - rates[step]).abs() < 1e-12, "{step}");
        }
    }
}

/// Value `i` of the gradients of a step, as the fixture's script says.
fn given(step: usize, count: usize) -> Vec<f32> {
    (0..count)
        .map(|i| {
            let scale = [1.0, 1e-1, 1e-2, 1e-3, 1e-4][i % 5];
            let raw = (7919 * i + 104_729 * step) % 1009;
            (scale * (raw as f64 / 1009.0 - 0.5)) as f32
        })
        .collect()
}

/// Largest difference to PyTorch's parameters after twenty steps; they move by 0.013.
fn farthest(parameters: &Tensor, expected: &BTreeMap<String, Tensor>) -> f64 {
    let moved = (parameters - &expected["given.parameters"]).abs().max();
    f64::try_from(moved.to_kind(Kind::Double)).unwrap()
}

#[test]
fn given_gradients_move_each_parameter_as_pytorch_does() {
    let (reference, expected) = (reference(), fixture());
    let norms = numbers(&expected["given.norm"]);
    let rate = |step: usize| {
        Schedule::Cosine.learning_rate(PEAK, step as u64, WARMUP.into(), STEPS.into())
    };
    let (tensors, plain) = (model(&reference), model(&reference));
    let count = tensors.param_count() as usize;

    // On tensors, clipped here.
    let mut optimizer = AdamW::new(&tensors, DECAY).unwrap();
    // In one pass over plain buffers.
    let decays = decays(&plain);
    let mut parameters: Vec<f32> = Vec::try_from(plain.flat()).unwrap();
    let (mut first, mut second) = (vec![0.0; count], vec![0.0; count]);
    let rule = xp_step::AdamW {
        beta1: 0.9,
        beta2: 0.999,
        eps: 1e-8,
    };
    let executor = xp_step::Executor::new(*kernels(), 2);
    for (step, expected) in norms.iter().enumerate() {
        let gradients = given(step, count);
        let norm = xp_step::norm(&executor, &gradients);
        assert!((norm / expected - 1.0).abs() < 1e-6, "{norm} {expected}");
        let clipped = Tensor::from_slice(&gradients) * (CLIP / (norm + 1e-6));
        optimizer.step(&tensors, &clipped, rate(step)).unwrap();
        let update = xp_step::Update {
            rate: rate(step),
            weight_decay: DECAY,
            clip_norm: CLIP,
            norm,
            step: step as u64 + 1,
        };
        rule.step(
            &executor,
            &update,
            &decays,
            &mut parameters,
            &gradients,
            (&mut first, &mut second),
        );
    }
    let by_tensors = farthest(tensors.flat(), &expected);
    let by_kernels = farthest(&Tensor::from_slice(&parameters), &expected);
    assert!(
        by_tensors < 2e-6 && by_kernels < 2e-6,
        "{by_tensors:e} {by_kernels:e}"
    );
    // There was something to compare: without decay it is another place.
    let start = farthest(model(&reference).flat(), &expected);
    assert!(start > 0.01, "{start}");
    let mut plainly = AdamW::new(&plain, 0.0).unwrap();
    for (step, norm) in norms.iter().enumerate() {
        let clipped = Tensor::from_slice(&given(step, count)) * (CLIP / (norm + 1e-6));
        plainly.step(&plain, &clipped, rate(step)).unwrap();
    }
    assert!(farthest(plain.flat(), &expected) > 1e-4);
}

/// Ranges of the flat buffer that decay, by name: weights of linear layers, not of norms.
fn decays(model: &PatchTst) -> Vec<Range<usize>> {
    let mut offset = 0;
    let mut list = Vec::new();
    for shape in model.shapes() {
        let from = offset;
        offset += shape.numel() as usize;
        if shape.name.ends_with("weight") && shape.shape.len() == 2 {
            list.push(from..offset);
        }
    }
    list
}

#[test]
fn losses_and_their_gradients_are_those_of_pytorch() {
    let expected = fixture();
    let labels = expected["losses.labels"].to_kind(Kind::Float);
    for (name, loss) in [
        ("bce", Loss::Bce),
        ("weighted_bce", Loss::WeightedBce),
        ("focal", Loss::Focal(2.0)),
        ("soft_auc", Loss::SoftAuc),
    ] {
        let of = |what: &str| numbers(&expected[&format!("losses.{name}.{what}")]);
        let x = expected["losses.logits"]
            .to_kind(Kind::Float)
            .set_requires_grad(true);
        let value = training_loss(loss, &Logits::from(x.shallow_clone()), &labels, 1.7).unwrap();
        let gradients = Tensor::run_backward(&[&value], &[&x], false, false);
        let off = (f64::try_from(&value).unwrap() - of("value")[0]).abs();
        assert!(off < 1e-6, "{name}: loss off by {off:e}");

        let kind = match loss {
            Loss::Bce => xp_step::Loss::Bce { pos_weight: 1.0 },
            Loss::WeightedBce => xp_step::Loss::Bce { pos_weight: 1.7 },
            Loss::Focal(gamma) => xp_step::Loss::Focal { gamma },
            Loss::SoftAuc => xp_step::Loss::SoftAuc,
        };
        let list = |tensor: &Tensor| Vec::<f32>::try_from(tensor.to_kind(Kind::Float)).unwrap();
        let mut by_kernels = vec![0.0; 12];
        let value = xp_step::loss(
            kind,
            &list(&expected["losses.logits"]),
            &list(&labels),
            &mut by_kernels,
        );
        let off = (value - of("value")[0]).abs();
        assert!(off < 1e-6, "{name}: loss by hand off by {off:e}");
        for ((theirs, tensor), hand) in of("gradient")
            .iter()
            .zip(numbers(&gradients[0]))
            .zip(&by_kernels)
        {
            assert!((theirs - tensor).abs() < 1e-6, "{name}: {theirs} {tensor}");
            let hand = f64::from(*hand);
            assert!((theirs - hand).abs() < 1e-7, "{name}: {theirs} {hand}");
        }
    }
}
