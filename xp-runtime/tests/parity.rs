//! The model against the original study's PyTorch module and against transformers: forward pass, loss and gradients within 1e-5 on
//! their own weights.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{collections::BTreeMap, path::Path};

use tch::{Device, Kind, Tensor};
use xp_runtime::{
    model::{Logits, PatchTst},
    train::training_loss,
};
use xp_spec::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    count::count_parameters,
    training::Loss,
};

const LIMIT: f64 = 1e-5;

fn fixture(name: &str) -> (serde_json::Value, BTreeMap<String, Tensor>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/fixtures/reference")
        .join(name);
    let bytes = std::fs::read(&path).unwrap();
    let (_, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    let config = metadata
        .metadata()
        .as_ref()
        .unwrap()
        .get("config")
        .unwrap()
        .clone();
    let tensors = Tensor::read_safetensors(&path)
        .unwrap()
        .into_iter()
        .collect();
    (serde_json::from_str(&config).unwrap(), tensors)
}

fn largest_difference(a: &Tensor, b: &Tensor) -> f64 {
    f64::try_from((a - b).abs().max().to_kind(Kind::Double)).unwrap()
}

fn check(name: &str) {
    let (config, tensors) = fixture(name);
    let number = |key: &str| config[key].as_u64().unwrap() as u32;
    let architecture = Architecture {
        d_model: number("d_model"),
        n_layers: number("n_layers"),
        n_heads: number("n_heads"),
        d_ff: number("d_ff"),
    };
    let input = InputShape {
        n_features: number("num_features"),
        context: number("context_length"),
        patch: number("patch_length"),
        stride: number("stride"),
        channels: Channels::Mixed,
        normalisation: if config["revin"].as_bool().unwrap() {
            Normalisation::Revin
        } else {
            Normalisation::None
        },
    };
    let mut model = PatchTst::new(architecture, input, 0, Device::Cpu)
        .unwrap()
        .unwrap();
    assert_eq!(model.param_count(), u64::from(number("num_params")));
    assert_eq!(load(&mut model, &tensors), model.shapes().len());
    let logits = model.forward(&tensors["input"], None).unwrap();
    assert!(largest_difference(logits.tensor(), &tensors["logit"]) < LIMIT);
    assert_eq!(
        loss_and_gradients(&model, &logits, &tensors),
        Vec::<String>::new()
    );
}

/// Loads all parameters of a file and tells how many there are.
fn load(model: &mut PatchTst, tensors: &BTreeMap<String, Tensor>) -> usize {
    let mut set = 0;
    for (key, value) in tensors {
        if let Some(parameter) = key.strip_prefix("param.") {
            model.set(parameter, value).unwrap();
            set += 1;
        }
    }
    set
}

/// Compares loss and gradients; returns the parameters of which the file has no gradient.
fn loss_and_gradients(
    model: &PatchTst,
    logits: &Logits,
    tensors: &BTreeMap<String, Tensor>,
) -> Vec<String> {
    let labels = tensors["label"].to_kind(Kind::Float);
    let loss = training_loss(Loss::Bce, logits, &labels, 1.0).unwrap();
    assert!(largest_difference(&loss, &tensors["loss"].squeeze()) < LIMIT);
    let gradients = model.gradients(&loss).unwrap();
    let mut without = Vec::new();
    let mut offset = 0;
    for shape in model.shapes() {
        let ours = gradients.narrow(0, offset, shape.numel());
        offset += shape.numel();
        let Some(theirs) = tensors.get(&format!("grad.{}", shape.name)) else {
            without.push(shape.name.clone());
            continue;
        };
        assert!(
            largest_difference(&ours, &theirs.flatten(0, -1)) < LIMIT,
            "gradient of {}",
            shape.name
        );
    }
    without
}

/// Its positions are constants, and its normalisation has no affine part: the same numbers from ours at their starts.
#[test]
fn independent_variant_equals_transformers() {
    let (config, tensors) = fixture("independent_hf_layernorm_tiny.safetensors");
    let number = |key: &str| config[key].as_u64().unwrap() as u32;
    let architecture = Architecture {
        d_model: number("d_model"),
        n_layers: number("num_hidden_layers"),
        n_heads: number("num_attention_heads"),
        d_ff: number("ffn_dim"),
    };
    let input = InputShape {
        n_features: number("num_input_channels"),
        context: number("context_length"),
        patch: number("patch_length"),
        stride: number("patch_stride"),
        channels: Channels::Independent,
        normalisation: Normalisation::Revin,
    };
    let mut model = PatchTst::new(architecture, input, 0, Device::Cpu)
        .unwrap()
        .unwrap();
    let counted = count_parameters(&architecture, &input).unwrap();
    assert_eq!(model.param_count(), counted.total());
    assert_eq!(load(&mut model, &tensors), model.shapes().len() - 2);

    let logits = model.forward(&tensors["input"], None).unwrap();
    let theirs = tensors["logits"].select(1, 1) - tensors["logits"].select(1, 0);
    assert!(largest_difference(logits.tensor(), &theirs) < LIMIT);
    assert_eq!(
        loss_and_gradients(&model, &logits, &tensors),
        [
            "model.encoder.positional_encoder.position_enc",
            "revin.gamma",
            "revin.beta"
        ]
    );
}

#[test]
fn mixed_variant_equals_the_original() {
    check("mixed_tiny.safetensors");
}

#[test]
fn revin_equals_the_original() {
    check("mixed_revin_tiny.safetensors");
}
