//! From a file's metadata to a model: the original study's keys (`mixed`), or a configuration of transformers' PatchTST (`independent`),
//! whose defaults stand where a key is left out.

use serde_json::Value;
use xp_engine::model::{Activation, Norm, Pooling, Scaling, Variant};
use xp_spec::architecture::{Architecture, Channels, InputShape, Normalisation};

/// Largest number that is believed: products of three stay far from overflow.
const MOST: u64 = 1 << 16;

/// What a file says that its model is.
pub(crate) struct Reference {
    pub(crate) architecture: Architecture,
    pub(crate) input: InputShape,
    pub(crate) variant: Variant,
    /// Number of parameters, where the file says it.
    pub(crate) count: Option<u64>,
    /// Whether positions are learnt.
    pub(crate) positions: bool,
}

/// Reads a configuration; the error names the key.
pub(crate) fn reference(config: &Value) -> Result<Reference, String> {
    if !config.is_object() {
        return Err("metadata `config` is no JSON object".to_owned());
    }
    let reference = match config.get("model_type") {
        None if config.get("num_features").is_some() => mixed(config),
        Some(Value::String(name)) if name == "patchtst" => independent(config),
        None => Err(
            "metadata `config` has neither `num_features` (the original study's) nor `model_type` (transformers')"
                .to_owned(),
        ),
        Some(other) => Err(format!(
            "metadata `config` is of model_type {other}; only \"patchtst\" is known"
        )),
    }?;
    let (shape, input) = (&reference.architecture, &reference.input);
    if !shape.d_model.is_multiple_of(shape.n_heads) {
        return Err(format!(
            "{} heads do not divide a width of {}",
            shape.n_heads, shape.d_model
        ));
    }
    if input.context < input.patch {
        return Err(format!(
            "a patch of {} bars does not fit a context of {}",
            input.patch, input.context
        ));
    }
    Ok(reference)
}

fn mixed(config: &Value) -> Result<Reference, String> {
    let number = |key: &str| number(config, key, None, 1);
    Ok(Reference {
        architecture: Architecture {
            d_model: number("d_model")?,
            n_layers: number("n_layers")?,
            n_heads: number("n_heads")?,
            d_ff: number("d_ff")?,
        },
        input: InputShape {
            n_features: number("num_features")?,
            context: number("context_length")?,
            patch: number("patch_length")?,
            stride: number("stride")?,
            channels: Channels::Mixed,
            normalisation: if flag(config, "revin", false)? {
                Normalisation::Revin
            } else {
                Normalisation::None
            },
        },
        variant: Variant::default(),
        count: match config.get("num_params") {
            None | Some(Value::Null) => None,
            Some(count) => Some(
                count
                    .as_u64()
                    .ok_or_else(|| format!("`num_params` is {count}, not a whole number"))?,
            ),
        },
        positions: true,
    })
}

fn independent(config: &Value) -> Result<Reference, String> {
    let number = |key: &str, default: u32| number(config, key, Some(default), 1);
    let scaling = match config.get("scaling") {
        None => Some(Scaling::Deviation),
        Some(Value::Bool(true)) => Some(Scaling::Mean),
        Some(Value::String(name)) if name == "mean" => Some(Scaling::Mean),
        Some(Value::String(name)) if name == "std" => Some(Scaling::Deviation),
        Some(Value::Null | Value::Bool(false)) => None,
        Some(other) => {
            return Err(format!(
                "`scaling` is {other}: \"mean\", \"std\", true or null"
            ));
        }
    };
    if let Some(dimension) = config
        .get("scaling_dim")
        .filter(|it| *it != &Value::from(1))
    {
        return Err(format!(
            "`scaling_dim` is {dimension}; only 1, time, is known"
        ));
    }
    let floor = match scaling {
        Some(Scaling::Mean) => 1e-10,
        _ => 1e-5,
    };
    let positions = text(config, "positional_encoding_type", "sincos")?;
    let reference = Reference {
        architecture: Architecture {
            d_model: number("d_model", 128)?,
            n_layers: self::number(config, "num_hidden_layers", Some(3), 0)?,
            n_heads: number("num_attention_heads", 4)?,
            d_ff: number("ffn_dim", 512)?,
        },
        input: InputShape {
            n_features: number("num_input_channels", 1)?,
            context: number("context_length", 32)?,
            patch: number("patch_length", 1)?,
            stride: number("patch_stride", 1)?,
            channels: Channels::Independent,
            // RevIN without its affine part: at its start, that multiplies by 1 and adds 0.
            normalisation: match scaling {
                Some(_) => Normalisation::Revin,
                None => Normalisation::None,
            },
        },
        variant: Variant {
            norm: match text(config, "norm_type", "batchnorm")? {
                "batchnorm" => Norm::Batch,
                "layernorm" => Norm::Layer,
                other => return Err(format!("`norm_type` is {other:?}: batchnorm or layernorm")),
            },
            norm_eps: positive(config, "norm_eps", 1e-5)?,
            pre_norm: flag(config, "pre_norm", true)?,
            activation: activation(config)?,
            bias: flag(config, "bias", true)?,
            scaling: scaling.unwrap_or(Scaling::Deviation),
            scale_floor: positive(config, "minimum_scale", floor)?,
            share_embedding: flag(config, "share_embedding", true)?,
            channel_attention: flag(config, "channel_attention", false)?,
            pooling: pooling(config)?,
            classes: number("num_targets", 1)?,
        },
        count: None,
        positions: match positions {
            "random" => true,
            "sincos" => false,
            other => {
                return Err(format!(
                    "`positional_encoding_type` is {other:?}: sincos or random"
                ));
            }
        },
    };
    if reference.input.context == reference.input.patch {
        return Err("`context_length` must be greater than `patch_length`".to_owned());
    }
    Ok(reference)
}

fn activation(config: &Value) -> Result<Activation, String> {
    let name = text(config, "activation_function", "gelu")?;
    let known = Activation::ALL.iter().find(|(known, _)| *known == name);
    known.map(|(_, activation)| *activation).ok_or_else(|| {
        let names = Activation::ALL.map(|(name, _)| name).join(", ");
        format!("`activation_function` is {name:?}; known: {names}")
    })
}

fn pooling(config: &Value) -> Result<Pooling, String> {
    if flag(config, "use_cls_token", false)? {
        return Ok(Pooling::Token);
    }
    match config.get("pooling_type") {
        None => Ok(Pooling::Mean),
        Some(Value::String(name)) if name == "mean" => Ok(Pooling::Mean),
        Some(Value::String(name)) if name == "max" => Ok(Pooling::Max),
        Some(other) => Err(format!(
            "`pooling_type` is {other}; a classifier has \"mean\" or \"max\", or `use_cls_token`"
        )),
    }
}

fn number(config: &Value, key: &str, default: Option<u32>, least: u64) -> Result<u32, String> {
    let value = match (config.get(key), default) {
        (None, Some(default)) => return Ok(default),
        (None, None) => return Err(format!("metadata `config` has no `{key}`")),
        (Some(value), _) => value,
    };
    value
        .as_u64()
        .filter(|number| (least..=MOST).contains(number))
        .map(|number| number as u32)
        .ok_or_else(|| format!("`{key}` is {value}: a whole number from {least} to {MOST}"))
}

fn flag(config: &Value, key: &str, default: bool) -> Result<bool, String> {
    match config.get(key) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(format!("`{key}` is {other}: true or false")),
    }
}

fn text<'a>(config: &'a Value, key: &str, default: &'a str) -> Result<&'a str, String> {
    match config.get(key) {
        None => Ok(default),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(format!("`{key}` is {other}, not a name")),
    }
}

fn positive(config: &Value, key: &str, default: f64) -> Result<f64, String> {
    match config.get(key) {
        None => Ok(default),
        Some(value) => value
            .as_f64()
            .filter(|number| *number >= 0.0 && number.is_finite())
            .ok_or_else(|| format!("`{key}` is {value}: a number from 0")),
    }
}
