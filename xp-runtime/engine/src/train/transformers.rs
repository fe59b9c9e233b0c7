//! An `independent` model as a folder that `PatchTSTForClassification.from_pretrained` of transformers opens, with the same logits:
//! `config.json` and `model.safetensors`.
//!
//! transformers' scaling has no affine part. Ours, x̂·γ + β per feature, goes into the embedding, which then is one per feature:
//! W(x̂·γ + β) + b = (γW)x̂ + (b + β·ΣW).
//!
//! It has no input for the level of a window either, so that a model with `revin(level: true)` has no such folder.

use std::{io, path::Path};

use serde_json::json;
use tch::{TchError, Tensor, no_grad};
use xp_spec::{architecture::Channels, files::write_atomic};

use super::tensor_file;
use crate::model::PatchTst;

const EMBEDDING: &str = "model.encoder.embedder.input_embedding";

/// Writes a model's folder; whether there is one for its variant.
pub fn export(model: &PatchTst, folder: &Path) -> io::Result<bool> {
    let input = model.input();
    if input.channels != Channels::Independent || input.normalisation.level_inputs() > 0 {
        return Ok(false);
    }
    let weights = no_grad(|| weights(model)).map_err(io::Error::other)?;
    tensor_file::write(&folder.join("model.safetensors"), &weights)?;
    // Last: with it the folder is a model.
    let config = config(model).to_string();
    write_atomic(&folder.join("config.json"), config.as_bytes())?;
    Ok(true)
}

fn scaled(model: &PatchTst) -> bool {
    model.input().normalisation.is_revin()
}

/// What is not transformers' default, and what must not depend on it.
fn config(model: &PatchTst) -> serde_json::Value {
    let (shape, input) = (model.architecture(), model.input());
    json!({
        "model_type": "patchtst",
        "architectures": ["PatchTSTForClassification"],
        "num_input_channels": input.n_features,
        "context_length": input.context,
        "patch_length": input.patch,
        "patch_stride": input.stride,
        "d_model": shape.d_model,
        "num_hidden_layers": shape.n_layers,
        "num_attention_heads": shape.n_heads,
        "ffn_dim": shape.d_ff,
        "num_targets": 2,
        "norm_type": "layernorm",
        "norm_eps": 1e-5,
        "pre_norm": true,
        "activation_function": "gelu",
        "bias": true,
        "positional_encoding_type": "random",
        "use_cls_token": false,
        "pooling_type": "mean",
        "channel_attention": false,
        "scaling": if scaled(model) { Some("std") } else { None },
        "share_embedding": !scaled(model),
        "attention_dropout": 0.0,
        "path_dropout": 0.0,
        "ff_dropout": 0.0,
        "head_dropout": 0.0,
        "positional_dropout": 0.0,
    })
}

fn weights(model: &PatchTst) -> Result<Vec<(String, Tensor)>, TchError> {
    let named = model.named();
    let find = |name: &str| {
        let found = named.iter().find(|(known, _)| known == name);
        found
            .map(|(_, tensor)| tensor)
            .ok_or_else(|| TchError::Torch(format!("the model has no parameter `{name}`")))
    };
    if !scaled(model) {
        return Ok(named);
    }
    let (gamma, beta) = (find("revin.gamma")?, find("revin.beta")?);
    let weight = find(&format!("{EMBEDDING}.weight"))?;
    let bias = find(&format!("{EMBEDDING}.bias"))?;
    let sums = weight.f_sum_dim_intlist([1].as_slice(), false, None)?;
    let mut list = Vec::new();
    for feature in 0..i64::from(model.input().n_features) {
        let (gamma, beta) = (gamma.f_select(0, feature)?, beta.f_select(0, feature)?);
        let name = |part: &str| format!("{EMBEDDING}.{feature}.{part}");
        list.push((name("weight"), weight.f_mul(&gamma)?));
        list.push((name("bias"), bias.f_add(&sums.f_mul(&beta)?)?));
    }
    let rest = named
        .iter()
        .filter(|(name, _)| !name.starts_with("revin.") && !name.starts_with(EMBEDDING));
    list.extend(rest.map(|(name, tensor)| (name.clone(), tensor.shallow_clone())));
    Ok(list)
}
