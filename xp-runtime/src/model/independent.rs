//! `independent`, the paper's variant as in `PatchTSTForClassification` of transformers: one series per feature with shared weights,
//! pre-norm layers with layer norm, mean over patches, two logits of which the difference is ours. RevIN divides by √(variance + ε).

use tch::{TchError, Tensor};
use xp_spec::architecture::Normalisation;

use super::{
    dropout::Sites,
    patchtst::{LayerNames, PatchTst},
    types::Logits,
};

const REVIN_EPS: f64 = 1e-5;

/// Windows `[batch, context, features]` normalised, cut into patches and embedded, `[batch · features, patches, d_model]`.
pub(super) fn embed(model: &PatchTst, x: &Tensor) -> Result<Tensor, TchError> {
    let input = model.input();
    let x = match input.normalisation {
        Normalisation::Revin => revin(model, x)?,
        Normalisation::Zscore | Normalisation::None => x.shallow_clone(),
    };
    // [batch, patches, features, patch] → [batch · features, patches, patch]: features are series of their own.
    let patches = x
        .f_unfold(1, i64::from(input.patch), i64::from(input.stride))?
        .f_permute([0, 2, 1, 3])?
        .f_flatten(0, 1)?;
    model
        .linear(&patches, "model.encoder.embedder.input_embedding")?
        .f_add(model.get("model.encoder.positional_encoder.position_enc")?)
}

/// Logits z₁ − z₀ of the encoder's output.
pub(super) fn head(
    model: &PatchTst,
    x: &Tensor,
    sites: &mut Sites<'_>,
) -> Result<Logits, TchError> {
    let z = class_logits(model, x, sites)?;
    Ok(Logits(z.f_select(1, 1)?.f_sub(&z.f_select(1, 0)?)?))
}

/// The two logits z₀ and z₁, `[batch, 2]`.
fn class_logits(model: &PatchTst, x: &Tensor, sites: &mut Sites<'_>) -> Result<Tensor, TchError> {
    // Mean over patches, then all features side by side: [batch, features · d_model].
    let width = i64::from(model.input().n_features) * i64::from(model.architecture().d_model);
    let pooled = x.f_mean_dim(1, false, None)?.f_reshape([-1, width])?;
    model.linear(&sites.head(pooled)?, "head.linear")
}

/// What the names of an encoder layer's parameters begin with.
pub(super) fn layer_name(layer: u32) -> String {
    format!("model.encoder.layers.{layer}")
}

/// An encoder layer, `[batch · features, patches, d_model]`.
pub(super) fn encode(
    model: &PatchTst,
    x: &Tensor,
    name: &str,
    sites: &mut Sites<'_>,
) -> Result<Tensor, TchError> {
    let names = LayerNames {
        attention_norm: format!("{name}.norm_sublayer1"),
        feed_forward_norm: format!("{name}.norm_sublayer3"),
        inner: format!("{name}.ff.0"),
        outer: format!("{name}.ff.3"),
    };
    let attention_name = format!("{name}.self_attn");
    model.encode(x, &names, sites, |x, sites| {
        attention(model, x, &attention_name, sites)
    })
}

/// Multi-head self-attention over patches, `[series, patches, d_model]`.
fn attention(
    model: &PatchTst,
    x: &Tensor,
    name: &str,
    sites: &mut Sites<'_>,
) -> Result<Tensor, TchError> {
    let [series, patches, heads, width] = model.head_sizes(x);
    // [series, heads, patches, width]
    let project = |part: &str| {
        model
            .linear(x, &format!("{name}.{part}_proj"))?
            .f_view([series, patches, heads, width])?
            .f_transpose(1, 2)
    };
    let (q, k, v) = (project("q")?, project("k")?, project("v")?);
    let mixed = model.attend((&q, &k, &v), sites)?;
    model.linear(&mixed, &format!("{name}.out_proj"))
}

/// (x − mean) / √(variance + ε) per window and feature, variance with n, then the affine part.
fn revin(model: &PatchTst, x: &Tensor) -> Result<Tensor, TchError> {
    let centred = x.f_sub(&x.f_mean_dim(1, true, None)?)?;
    let variance = centred.f_square()?.f_mean_dim(1, true, None)?;
    centred
        .f_div(&variance.f_add_scalar(REVIN_EPS)?.f_sqrt()?)?
        .f_mul(model.get("revin.gamma")?)?
        .f_add(model.get("revin.beta")?)
}
