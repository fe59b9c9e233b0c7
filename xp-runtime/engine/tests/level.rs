//! The level of a window as inputs, `revin(level: true)`, in both variants: in its place in each patch's vector, with its gradient, and
//! seen by the model where RevIN alone is blind. Fused kernels against autograd are in `fused.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod jittered;

use jittered::model;
use tch::{Device, Kind, Tensor, no_grad};
use xp_engine::{
    model::{Inputs, PatchTst, Variant},
    rng::Stream,
    train::Windows,
};
use xp_spec::{
    architecture::{Channels, InputShape, Normalisation},
    standardise::levels,
};

const FEATURES: usize = 3;
const BATCH: i64 = 4;
const BOTH: [Channels; 2] = [Channels::Mixed, Channels::Independent];

fn input(channels: Channels, normalisation: Normalisation) -> InputShape {
    InputShape {
        n_features: FEATURES as u32,
        context: 12,
        patch: 4,
        stride: 4,
        channels,
        normalisation,
    }
}

/// Embedding of a variant, or of one feature where each has its own.
fn embedding(channels: Channels, feature: Option<usize>) -> String {
    match (channels, feature) {
        (Channels::Mixed, _) => "patch_embed.projection".to_owned(),
        (Channels::Independent, None) => "model.encoder.embedder.input_embedding".to_owned(),
        (Channels::Independent, Some(feature)) => {
            format!("model.encoder.embedder.input_embedding.{feature}")
        }
    }
}

fn noise(key: u64, size: &[i64]) -> Tensor {
    let noise = Stream::new(key, &[]);
    let values: Vec<f32> = (0..size.iter().product::<i64>() as u64)
        .map(|position| noise.normal(position) as f32)
        .collect();
    Tensor::from_slice(&values).view(size)
}

fn inputs() -> Inputs {
    Inputs {
        windows: noise(9, &[BATCH, 12, FEATURES as i64]),
        levels: Some(noise(10, &[BATCH, FEATURES as i64, 2])),
    }
}

fn logits(model: &PatchTst, inputs: &Inputs) -> Vec<f64> {
    no_grad(|| model.forward(inputs, None))
        .unwrap()
        .values()
        .unwrap()
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, |most, x| if x > most || x.is_nan() { x } else { most })
}

/// What a level adds to a token is W·level: a model without level whose embedding's bias has that added gives the same logit.
#[test]
fn a_level_is_a_bias_of_its_sample() {
    for channels in BOTH {
        let independent = channels == Channels::Independent;
        // Features have levels of their own: the biases of one series each show whose is whose.
        let variant = Variant {
            share_embedding: !independent,
            ..Variant::default()
        };
        let with = model(input(channels, Normalisation::RevinLevel), variant);
        let inputs = inputs();
        let found = logits(&with, &inputs);
        let levels = inputs.levels.as_ref().unwrap();
        let mut expected = Vec::new();
        for sample in 0..BATCH {
            let mut without = model(input(channels, Normalisation::Revin), variant);
            for (name, value) in with.named() {
                if !name.starts_with(&embedding(channels, None)) {
                    without.set(&name, &value).unwrap();
                }
            }
            let series = if independent { FEATURES } else { 1 };
            for feature in 0..series {
                let name = embedding(channels, independent.then_some(feature));
                let named = with.named();
                let get = |part: &str| {
                    let name = format!("{name}.{part}");
                    let found = named.iter().find(|(known, _)| *known == name);
                    found.unwrap().1.shallow_clone()
                };
                let (weight, bias) = (get("weight"), get("bias"));
                let level = levels.select(0, sample);
                let level = if independent {
                    level.select(0, feature as i64)
                } else {
                    level.flatten(0, 1)
                };
                let values = weight.size()[1] - level.numel() as i64;
                let added = weight.narrow(1, values, level.numel() as i64).mv(&level);
                without
                    .set(&format!("{name}.weight"), &weight.narrow(1, 0, values))
                    .unwrap();
                without
                    .set(&format!("{name}.bias"), &(bias + added))
                    .unwrap();
            }
            let one = Inputs::from(inputs.windows.narrow(0, sample, 1));
            expected.extend(logits(&without, &one));
        }
        let off = largest_difference(&found, &expected);
        assert!(off < 1e-5, "{channels:?}: {off:e}, {found:?}");
        let apart = largest_difference(
            &found,
            &logits(
                &with,
                &Inputs {
                    windows: inputs.windows.shallow_clone(),
                    levels: Some(levels.zeros_like()),
                },
            ),
        );
        assert!(
            apart > 0.01,
            "{channels:?}: the level does nothing: {apart:e}"
        );
    }
}

/// Gradients of the embedding's weights for the level, against central differences.
#[test]
fn the_level_has_its_gradient() {
    for channels in BOTH {
        let mut model = model(
            input(channels, Normalisation::RevinLevel),
            Variant::default(),
        );
        let inputs = inputs();
        let name = format!("{}.weight", embedding(channels, None));
        let sum = |model: &PatchTst| logits(model, &inputs).iter().sum::<f64>();
        let total = model
            .forward(&inputs, None)
            .unwrap()
            .tensor()
            .sum(Kind::Float);
        let gradients = model.gradients(&total).unwrap();
        let parts = model.parts(&gradients).unwrap();
        let gradient = &parts.iter().find(|(known, _)| *known == name).unwrap().1;
        let named = model.named();
        let weight = &named.iter().find(|(known, _)| *known == name).unwrap().1;
        let weight = weight.copy();
        let width = weight.size()[1];
        let level = if channels == Channels::Mixed {
            2 * FEATURES as i64
        } else {
            2
        };
        let largest = gradient
            .narrow(1, width - level, level)
            .abs()
            .max()
            .double_value(&[]);
        assert!(largest > 0.01, "{channels:?}: {largest:e}");
        for (output, value) in [(0, width - level), (5, width - 1), (23, width - 2)] {
            let h = 1e-2;
            let mut at = |by: f64| {
                let moved = weight.copy();
                let _ = moved.get(output).get(value).f_add_scalar_(by).unwrap();
                model.set(&name, &moved).unwrap();
                sum(&model)
            };
            let slope = (at(h) - at(-h)) / (2.0 * h);
            let found = gradient.double_value(&[output, value]);
            assert!(
                (slope - found).abs() < 2e-3 * largest.max(1.0),
                "{channels:?} {output} {value}: {slope} {found}"
            );
        }
    }
}

/// RevIN gives a window and ten times that window the same logit; with its level the model tells them apart.
#[test]
fn a_level_tells_what_revin_removes() {
    let context = 12;
    let rows = 60;
    let calm = noise(4, &[rows, FEATURES as i64]);
    let table = Tensor::cat(&[calm.shallow_clone(), calm * 10.0 + 3.0], 0);
    let values = Vec::<f32>::try_from(table.flatten(0, 1)).unwrap();
    let levels = levels(&values, FEATURES, context, 11..120);
    let windows = Windows::new(&values, FEATURES, context, Device::Cpu)
        .unwrap()
        .with_levels(&levels)
        .unwrap();
    let batch = windows.gather(&[30, 90]).unwrap();
    for channels in BOTH {
        let apart = |normalisation| {
            let model = model(input(channels, normalisation), Variant::default());
            let logits = logits(&model, &batch);
            (logits[0] - logits[1]).abs()
        };
        let (without, with) = (
            apart(Normalisation::Revin),
            apart(Normalisation::RevinLevel),
        );
        assert!(without < 1e-3, "{channels:?}: {without:e}");
        assert!(with > 0.05, "{channels:?}: {with:e}");
    }
}

/// The macro refuses it; the model has no NaN even so.
#[test]
fn a_context_of_one_bar_is_a_number() {
    for channels in BOTH {
        for normalisation in [Normalisation::Revin, Normalisation::RevinLevel] {
            let input = InputShape {
                context: 1,
                patch: 1,
                stride: 1,
                ..input(channels, normalisation)
            };
            let values = [1.0, -2.0, 0.5, 3.0, 0.0, 1e6_f32];
            let levels = levels(&values, FEATURES, 1, 0..2);
            let windows = Windows::new(&values, FEATURES, 1, Device::Cpu)
                .unwrap()
                .with_levels(&levels)
                .unwrap();
            let model = model(input, Variant::default());
            let logits = logits(&model, &windows.gather(&[0, 1]).unwrap());
            assert!(logits.iter().all(|logit| logit.is_finite()), "{logits:?}");
        }
    }
}
