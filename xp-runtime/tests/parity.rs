//! The model against the original study's PyTorch module: forward pass, loss and gradients within 1e-5 on its own weights.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{collections::BTreeMap, path::Path};

use tch::{Device, Kind, Tensor};
use xp_runtime::{model::PatchTst, train::training_loss};
use xp_spec::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    experiment::Loss,
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
    let mut set = 0;
    for (key, value) in &tensors {
        if let Some(parameter) = key.strip_prefix("param.") {
            model.set(parameter, value).unwrap();
            set += 1;
        }
    }
    assert_eq!(set, model.shapes().len(), "every parameter is in the file");

    let logits = model.forward(&tensors["input"], None).unwrap();
    assert!(largest_difference(logits.tensor(), &tensors["logit"]) < LIMIT);
    let loss = training_loss(Loss::Bce, &logits, &tensors["label"], 1.0).unwrap();
    assert!(largest_difference(&loss, &tensors["loss"].squeeze()) < LIMIT);
    let gradients = model.gradients(&loss).unwrap();
    let mut offset = 0;
    for shape in model.shapes() {
        let ours = gradients.narrow(0, offset, shape.numel());
        let theirs = tensors[&format!("grad.{}", shape.name)].flatten(0, -1);
        assert!(
            largest_difference(&ours, &theirs) < LIMIT,
            "gradient of {}",
            shape.name
        );
        offset += shape.numel();
    }
}

#[test]
fn mixed_variant_equals_the_original() {
    check("mixed_tiny.safetensors");
}

#[test]
fn revin_equals_the_original() {
    check("mixed_revin_tiny.safetensors");
}
