//! Training on small synthetic data: it learns what can be learned, it is the same every time, and the best weights are what is kept.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod separable;

use separable::{CONTEXT, EPOCH, FEATURES, Quiet, ROWS, config, data, input, run};
use tch::{Device, Kind, Tensor};
use xp_clock::Clock;
use xp_engine::{
    model::PatchTst,
    rng::Stream,
    train::{
        Evaluation, FitConfig, Flag, Flow, Hooks, Outcome, Region, TrainingData, Windows, fit,
        predict, training_loss,
    },
};
use xp_metrics::{log_loss, roc_auc};
use xp_spec::{
    architecture::{Channels, InputShape, Normalisation},
    count::count_parameters,
    execution::{Execution, Moments},
    hyper::Hyperparameters,
    training::{Loss, Objective, Precision, Training},
};

#[test]
fn learns_a_separable_problem_and_keeps_the_best_weights() {
    let fitted = run(&config(25), None).unwrap();
    let (windows, _, val) = data();
    let predictions = predict(&fitted.model, &windows, &val).unwrap();
    let (p, y) = (predictions.probabilities.values(), &predictions.labels);
    assert!(roc_auc(p, y).unwrap() > 0.95, "{:?}", roc_auc(p, y));
    let best = fitted
        .curve
        .iter()
        .map(|report| report.val_loss)
        .fold(f64::INFINITY, f64::min);
    let selected = fitted
        .curve
        .iter()
        .find(|report| Some(report.step) == fitted.best_step)
        .unwrap();
    assert_eq!(selected.val_loss, best);
    assert_eq!(log_loss(p, y), best, "the selected weights are back");
    assert!(!fitted.collapsed && fitted.outcome == Outcome::Finished);
}

#[test]
fn the_same_seed_gives_the_same_losses_bit_for_bit() {
    let losses = |seed| -> Vec<(u64, u64)> {
        let fitted = run(&FitConfig { seed, ..config(3) }, None).unwrap();
        fitted
            .curve
            .iter()
            .map(|report| (report.train_loss.to_bits(), report.val_loss.to_bits()))
            .collect()
    };
    assert_eq!(losses(11), losses(11));
    assert_ne!(losses(11), losses(12));
}

#[test]
fn ends_are_told_apart() {
    let diverged = FitConfig {
        hyper: Hyperparameters {
            learning_rate: 1e9,
            warmup: 0.0,
            ..config(5).hyper
        },
        ..config(5)
    };
    assert_eq!(run(&diverged, None).unwrap().outcome, Outcome::Diverged);
    let stopped = run(&config(5), Some(2 * EPOCH)).unwrap();
    assert_eq!(
        (stopped.outcome, stopped.curve.len()),
        (Outcome::Stopped("test"), 2)
    );
    let patient = FitConfig {
        training: Training {
            patience: 1,
            ..config(50).training
        },
        ..config(50)
    };
    assert_eq!(run(&patient, None).unwrap().outcome, Outcome::EarlyStopped);
}

/// Keeps what the monitors say.
struct Warnings(Vec<String>);

impl Hooks for Warnings {
    fn before_step(&mut self, _: u32, _: f64) -> Flow {
        Flow::Continue
    }

    fn after_evaluation(&mut self, _: &Evaluation) -> Flow {
        Flow::Continue
    }

    fn warn(&mut self, message: &str) {
        self.0.push(message.to_owned());
    }
}

/// F29: a model whose head says the same of every sample, and that hardly learns, predicts the prior: it is told at the fifth
/// evaluation after the warm-up, and stays told.
#[test]
fn f29_a_model_that_predicts_the_prior_is_told_and_flagged() {
    let (windows, train, val) = data();
    let trained = |head: f64, rate: f64, epochs: u32, warmup: f64| {
        let frozen = FitConfig {
            hyper: Hyperparameters {
                learning_rate: rate,
                warmup,
                ..config(epochs).hyper
            },
            training: Training {
                patience: 100,
                ..config(epochs).training
            },
            ..config(epochs)
        };
        let model = PatchTst::new(frozen.hyper.architecture, input(), 1, Device::Cpu)
            .unwrap()
            .unwrap();
        let named = model.named();
        let (_, weight) = named
            .iter()
            .find(|(name, _)| name == "head.linear.weight")
            .unwrap();
        tch::no_grad(|| weight.shallow_clone().f_mul_scalar_(head).map(drop)).unwrap();
        let mut warnings = Warnings(Vec::new());
        let fitted = fit(
            model,
            &TrainingData {
                windows: &windows,
                train: &train,
                val: &val,
            },
            &frozen,
            &Clock::manual(),
            &mut warnings,
        )
        .unwrap();
        (fitted, warnings.0)
    };
    let (fitted, warnings) = trained(0.0, 1e-9, 12, 0.0);
    assert!(fitted.collapsed && fitted.curve[0].spread < 1e-4);
    let flags: Vec<&str> = fitted.flags.iter().map(|flag| flag.name()).collect();
    assert_eq!(flags, ["plateau", "collapsed"]);
    for (said, count) in [
        ("step 50 (epoch 5.00): collapsed: ", 1),
        ("plateau: no gain", 1),
    ] {
        let found = warnings.iter().filter(|line| line.contains(said)).count();
        assert_eq!(found, count, "{said}: {warnings:?}");
    }
    // The warm-up ends at step 60: what is at the prior before and soon after may only be slow.
    let (_, warnings) = trained(0.0, 1e-9, 12, 0.5);
    let told: Vec<_> = warnings
        .iter()
        .filter(|line| line.contains("collapsed"))
        .collect();
    assert!(
        told.len() == 1 && told[0].starts_with("step 110 (epoch 11.00): collapsed: "),
        "{told:?}"
    );
    // One that ends before its fifth evaluation is judged at its end.
    let (short, _) = trained(0.0, 1e-9, 2, 0.5);
    assert!(short.collapsed);
    let (sound, warnings) = trained(1.0, config(6).hyper.learning_rate, 6, 0.0);
    assert!(!sound.collapsed && warnings.is_empty(), "{warnings:?}");
}

#[test]
fn every_loss_has_a_gradient_that_helps() {
    for loss in [Loss::WeightedBce, Loss::Focal(2.0), Loss::SoftAuc] {
        let with = FitConfig {
            training: Training {
                loss,
                ..config(12).training
            },
            ..config(12)
        };
        let fitted = run(&with, None).unwrap();
        let auc = fitted
            .curve
            .last()
            .and_then(|report| report.val_auc)
            .unwrap();
        assert!(auc > 0.85, "{loss:?}: {auc}");
    }
}

/// What cannot be trained on is refused with the reason, before a step is made.
#[test]
fn unusable_regions_are_refused() {
    type Harm = fn(&mut Region, &mut Region);
    let cases: [(Harm, &str); 6] = [
        (
            |train, _| train.labels.fill(1.0),
            "the train region has 293 samples, 293 of them positive: both classes are needed",
        ),
        (
            |_, val| val.labels.fill(0.0),
            "the val region has 100 samples, 0 of them positive: both classes are needed",
        ),
        (
            |train, _| *train = Region::default(),
            "the train region has 0 samples, 0 of them positive: both classes are needed",
        ),
        (
            |train, _| train.rows[0] = 6,
            "the train region has a sample at row 6, whose 8 bars of context are not all in the data",
        ),
        (
            |_, val| val.rows[99] = 400,
            "the val region has a sample at row 400, whose 8 bars of context are not all in the data",
        ),
        (
            |train, _| train.rows[0] = -1,
            "the train region has a sample at row -1, whose 8 bars of context are not all in the data",
        ),
    ];
    for (harm, expected) in cases {
        let (windows, mut train, mut val) = data();
        harm(&mut train, &mut val);
        let config = config(1);
        let model = PatchTst::new(config.hyper.architecture, input(), 1, Device::Cpu)
            .unwrap()
            .unwrap();
        let error = fit(
            model,
            &TrainingData {
                windows: &windows,
                train: &train,
                val: &val,
            },
            &config,
            &Clock::manual(),
            &mut Quiet(None),
        )
        .unwrap_err()
        .to_string();
        assert_eq!(error, expected);
    }
    // A context that no patch fits has no model.
    let short = InputShape {
        context: 3,
        ..input()
    };
    let shape = config(1).hyper.architecture;
    assert!(
        PatchTst::new(shape, short, 1, Device::Cpu)
            .unwrap()
            .is_none()
    );
}

/// NaN features end the first step and not the process; constant ones train; a batch larger than the set is the set.
#[test]
fn odd_numbers_have_a_defined_end() {
    let with = |normalisation, batch_size, change: &dyn Fn(&mut Vec<f32>)| {
        let noise = Stream::new(5, &[]);
        let mut values: Vec<f32> = (0..ROWS as u64 * 3)
            .map(|position| noise.normal(position) as f32)
            .collect();
        change(&mut values);
        let (_, train, val) = data();
        let windows = Windows::new(&values, FEATURES, CONTEXT, Device::Cpu).unwrap();
        let mut config = config(2);
        config.hyper.batch_size = batch_size;
        let input = InputShape {
            normalisation,
            ..input()
        };
        let model = PatchTst::new(config.hyper.architecture, input, 1, Device::Cpu)
            .unwrap()
            .unwrap();
        fit(
            model,
            &TrainingData {
                windows: &windows,
                train: &train,
                val: &val,
            },
            &config,
            &Clock::manual(),
            &mut Quiet(None),
        )
        .unwrap()
    };
    for normalisation in [Normalisation::Revin, Normalisation::None] {
        let fitted = with(normalisation, 32, &|values| values[50] = f32::NAN);
        assert_eq!(fitted.outcome, Outcome::Diverged);
        assert_eq!(fitted.flags, [Flag::NonFinite]);
        assert!(fitted.curve.is_empty() && fitted.best_step.is_none());
        let fitted = with(normalisation, 32, &|values| {
            values
                .iter_mut()
                .skip(1)
                .step_by(3)
                .for_each(|value| *value = 0.1);
        });
        assert_eq!((fitted.outcome, fitted.curve.len()), (Outcome::Finished, 2));
    }
    let losses = |batch_size| {
        let fitted = with(Normalisation::None, batch_size, &|_| ());
        let curve = fitted.curve.iter();
        curve
            .map(|report| report.val_loss.to_bits())
            .collect::<Vec<_>>()
    };
    assert_eq!(losses(293), losses(5000));
}

/// Splitting a batch saves memory and must not change what is learned, but for rounding: dropout is numbered over the whole batch.
#[test]
fn accumulated_gradients_equal_those_of_the_whole_batch() {
    let losses = |execution: Execution, accumulation: u32| -> Vec<f64> {
        let config = FitConfig {
            hyper: Hyperparameters {
                dropout: 0.3,
                head_dropout: 0.2,
                ..config(3).hyper
            },
            training: Training {
                accumulation,
                precision: Precision::Fp32,
                ..config(3).training
            },
            execution,
            ..config(3)
        };
        let fitted = run(&config, None).unwrap();
        fitted.curve.iter().map(|report| report.val_loss).collect()
    };
    for execution in [Execution::Fused, Execution::Whole] {
        let whole = losses(execution, 1);
        // 3 does not divide the batch of 32; 64 is more than it has.
        for accumulation in [2, 3, 64] {
            for (a, b) in whole.iter().zip(losses(execution, accumulation)) {
                assert!(
                    (a - b).abs() < 1e-4,
                    "{execution:?}, {accumulation} parts: {a} and {b}"
                );
            }
        }
    }
}

#[test]
fn the_objective_selects_the_weights() {
    for objective in [Objective::LogLoss, Objective::Auc] {
        let config = FitConfig {
            training: Training {
                objective,
                ..config(10).training
            },
            ..config(10)
        };
        let fitted = run(&config, None).unwrap();
        let of = |report: &Evaluation| {
            objective
                .value(report.val_loss, report.val_auc)
                .unwrap_or(f64::NAN)
        };
        let least = fitted.curve.iter().map(of).fold(f64::INFINITY, f64::min);
        let selected = fitted
            .curve
            .iter()
            .find(|report| Some(report.step) == fitted.best_step)
            .unwrap();
        assert_eq!(of(selected), least, "{objective:?}");
        assert_eq!(selected.objective, least, "{objective:?}");
    }
}

#[test]
fn independent_channels_learn_too() {
    let (windows, train, val) = data();
    let config = FitConfig {
        execution: Execution::Whole,
        ..config(20)
    };
    let input = InputShape {
        channels: Channels::Independent,
        normalisation: Normalisation::None,
        ..input()
    };
    let model = PatchTst::new(config.hyper.architecture, input, 3, Device::Cpu)
        .unwrap()
        .unwrap();
    let counted = count_parameters(&config.hyper.architecture, &input).unwrap();
    assert_eq!(model.param_count(), counted.total());
    let fitted = fit(
        model,
        &TrainingData {
            windows: &windows,
            train: &train,
            val: &val,
        },
        &config,
        &Clock::manual(),
        &mut Quiet(None),
    )
    .unwrap();
    let auc = fitted.curve.last().and_then(|report| report.val_auc);
    assert!(auc.unwrap() > 0.85, "{auc:?}");
}

/// Layers that take turns change no number but by rounding: same losses as all gradients at once, for both variants.
#[test]
fn layer_by_layer_learns_the_same() {
    for channels in [Channels::Mixed, Channels::Independent] {
        for normalisation in [
            Normalisation::Revin,
            Normalisation::RevinLevel,
            Normalisation::None,
        ] {
            let losses = |execution| -> Vec<f64> {
                let (windows, train, val) = data();
                let config = FitConfig {
                    execution,
                    hyper: Hyperparameters {
                        clip_norm: 0.3,
                        dropout: 0.2,
                        ..config(3).hyper
                    },
                    ..config(3)
                };
                let input = InputShape {
                    channels,
                    normalisation,
                    ..input()
                };
                let model = PatchTst::new(config.hyper.architecture, input, 3, Device::Cpu)
                    .unwrap()
                    .unwrap();
                let fitted = fit(
                    model,
                    &TrainingData {
                        windows: &windows,
                        train: &train,
                        val: &val,
                    },
                    &config,
                    &Clock::manual(),
                    &mut Quiet(None),
                )
                .unwrap();
                let curve = fitted.curve.iter();
                curve
                    .flat_map(|report| [report.train_loss, report.val_loss])
                    .collect()
            };
            let whole = losses(Execution::Whole);
            for (a, b) in whole
                .iter()
                .zip(losses(Execution::Layerwise(Moments::Full)))
            {
                assert!((a - b).abs() < 1e-4, "{channels:?}: {a} and {b}");
            }
            if channels == Channels::Mixed {
                for (a, b) in whole.iter().zip(losses(Execution::Fused)) {
                    assert!((a - b).abs() < 1e-4, "by hand: {a} and {b}");
                }
            }
            // Compact moments are other numbers, and learn as well.
            let compact = losses(Execution::Layerwise(Moments::Compact));
            assert_ne!(whole, compact);
            assert!(
                (whole[5] - compact[5]).abs() < 0.05,
                "{whole:?} {compact:?}"
            );
        }
    }
}

#[test]
fn accumulation_is_refused_layer_by_layer() {
    let mut config = config(1);
    config.execution = Execution::Layerwise(Moments::Full);
    config.training.accumulation = 2;
    let error = run(&config, None).unwrap_err().to_string();
    assert_eq!(
        error,
        "`accumulation: 2` keeps the sum of all gradients, and this model trains layer by layer, full moments"
    );
}

/// What steps by hand are not made for is refused, not trained otherwise.
#[test]
fn independent_channels_and_bfloat16_are_refused_by_hand() {
    let (windows, train, val) = data();
    for (channels, precision) in [
        (Channels::Independent, Precision::Fp32),
        (Channels::Mixed, Precision::Bf16),
    ] {
        let input = InputShape {
            channels,
            ..input()
        };
        let mut config = config(1);
        config.training.precision = precision;
        let model = PatchTst::new(config.hyper.architecture, input, 3, Device::Cpu)
            .unwrap()
            .unwrap();
        let error = fit(
            model,
            &TrainingData {
                windows: &windows,
                train: &train,
                val: &val,
            },
            &config,
            &Clock::manual(),
            &mut Quiet(None),
        )
        .unwrap_err();
        assert!(
            error.to_string().contains("the fused CPU kernels are for"),
            "{error}"
        );
    }
}

/// Products of factors in bfloat16, which has 8 bits: logits and gradients are those of f32 within a few times 1/256, and never equal.
#[test]
fn bfloat16_rounds_products_and_nothing_more() {
    let (windows, train, _) = data();
    for channels in [Channels::Mixed, Channels::Independent] {
        let input = InputShape {
            channels,
            ..input()
        };
        let of = |precision| {
            let model = PatchTst::new(config(1).hyper.architecture, input, 3, Device::Cpu)
                .unwrap()
                .unwrap()
                .with_precision(precision);
            let logits = model
                .forward(&windows.gather(&train.rows).unwrap(), None)
                .unwrap();
            let labels = Tensor::from_slice(&train.labels);
            let loss = training_loss(Loss::Bce, &logits, &labels, 1.0).unwrap();
            let gradients = model.gradients(&loss).unwrap();
            assert_eq!(gradients.kind(), Kind::Float);
            (
                Tensor::from_slice(&logits.values().unwrap()),
                gradients.to_kind(Kind::Double),
            )
        };
        let (fp32, bf16) = (of(Precision::Fp32), of(Precision::Bf16));
        for (exact, rounded) in [(fp32.0, bf16.0), (fp32.1, bf16.1)] {
            let error = f64::try_from((&exact - rounded).norm()).unwrap();
            let share = error / f64::try_from(exact.norm()).unwrap();
            assert!(share > 1e-4 && share < 0.02, "{channels:?}: {share}");
        }
    }
}

#[test]
fn bfloat16_learns_as_well_at_once_and_layer_by_layer() {
    let fitted = |precision, execution| {
        let mut config = config(6);
        config.training.precision = precision;
        config.execution = execution;
        run(&config, None).unwrap()
    };
    let exact = fitted(Precision::Fp32, Execution::Whole);
    for execution in [Execution::Whole, Execution::Layerwise(Moments::Full)] {
        let rounded = fitted(Precision::Bf16, execution);
        assert_eq!(rounded.model.flat().kind(), Kind::Float);
        for (exact, rounded) in exact.curve.iter().zip(&rounded.curve) {
            let apart = (exact.val_loss - rounded.val_loss).abs();
            assert!(apart > 0.0 && apart < 0.02, "{execution:?}: {apart}");
        }
    }
}
