//! How a training begins and where it is evaluated: at the class prior, and after the steps of its plan.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod separable;

use separable::{Quiet, config, data, input, run};
use xp_clock::Clock;
use xp_engine::train::{Evaluation, TrainingData, fit, predict, start};
use xp_spec::{
    architecture::{Channels, InputShape},
    execution::{Execution, Moments},
    training::{Evaluate, Loss},
};

/// F50: before the first step each sample has the class prior of train, by whatever computes the steps; and after it, each learns.
#[test]
fn f50_a_training_starts_at_the_class_prior() {
    let (windows, train, val) = data();
    let (positives, n) = (train.positives() as f64, train.len() as f64);
    let prior = positives / n;
    let data = TrainingData {
        windows: &windows,
        train: &train,
        val: &val,
    };
    for (channels, executions) in [
        (Channels::Mixed, &[Execution::Fused, Execution::Whole][..]),
        (
            Channels::Independent,
            &[Execution::Whole, Execution::Layerwise(Moments::Full)],
        ),
    ] {
        for (loss, expected) in [
            (Loss::Bce, prior),
            (Loss::Focal(2.0), prior),
            (Loss::WeightedBce, 0.5),
            (Loss::SoftAuc, 0.5),
        ] {
            let input = InputShape {
                channels,
                ..input()
            };
            let mut losses = Vec::new();
            for execution in executions {
                let mut config = config(1);
                config.training.loss = loss;
                config.training.evaluate = Evaluate::Every(1);
                config.execution = *execution;
                let model = start(&config, input, &data).unwrap();
                let predictions = predict(&model, &windows, &val).unwrap();
                for p in predictions.probabilities.values() {
                    assert!((p - expected).abs() < 1e-7, "{channels:?} {loss:?}: {p}");
                }
                let mut hooks = Quiet(None);
                let fitted = fit(model, &data, &config, &Clock::manual(), &mut hooks).unwrap();
                let curve = &fitted.curve;
                assert!(curve[0].spread < curve[9].spread, "{curve:?}");
                losses.push((curve[0].train_loss, curve[0].val_loss));
            }
            let [a, b] = losses[..] else {
                panic!("two executions");
            };
            let apart = (a.0 - b.0).abs().max((a.1 - b.1).abs());
            assert!(apart < 1e-6, "{channels:?} {loss:?}: {a:?} and {b:?}");
        }
    }
}

/// Evaluations lie where the plan has them, whatever the epochs, and at the end; a cut-off training is the same until then.
#[test]
fn a_training_is_evaluated_by_steps() {
    let with = |evaluate, max_steps| {
        let mut config = config(3);
        config.training.evaluate = evaluate;
        config.max_steps = max_steps;
        run(&config, None).unwrap().curve
    };
    let steps = |curve: &[Evaluation]| curve.iter().map(|it| it.step).collect::<Vec<_>>();
    let seven = with(Evaluate::Every(7), None);
    assert_eq!(steps(&seven), [7, 14, 21, 28, 30]);
    assert_eq!(seven.last().map(|last| last.epoch), Some(3.0));
    assert_eq!(steps(&with(Evaluate::EachEpoch, None)), [10, 20, 30]);
    assert_eq!(with(Evaluate::Auto, None).len(), 30, "a 20th of 30 is one");
    let cut = with(Evaluate::Every(7), Some(16));
    assert_eq!(steps(&cut), [7, 14, 16]);
    for (whole, cut) in seven.iter().zip(&cut).take(2) {
        assert_eq!(whole.val_loss.to_bits(), cut.val_loss.to_bits());
    }
    // The loss since the evaluation before: those of an epoch have the mean of the epoch.
    let (each, whole) = (
        with(Evaluate::Every(1), None),
        with(Evaluate::EachEpoch, None),
    );
    // Nine batches of 32 samples and one of five.
    let sum: f64 = each[..9].iter().map(|it| 32.0 * it.train_loss).sum();
    let mean = (sum + 5.0 * each[9].train_loss) / 293.0;
    assert!((mean - whole[0].train_loss).abs() < 1e-12);
}
