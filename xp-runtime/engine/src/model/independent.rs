//! `independent`, the paper's variant as in `PatchTSTForClassification` of transformers: one series per feature with shared weights,
//! pre-norm layers with layer norm, mean over patches, two logits of which the difference is ours. RevIN divides by √(variance + ε).

use tch::{TchError, Tensor};

use super::{
    dropout::Sites,
    inputs::Inputs,
    layers::LayerNames,
    patchtst::PatchTst,
    types::Logits,
    variant::{Pooling, Scaling},
};

const EMBEDDING: &str = "model.encoder.embedder.input_embedding";

/// Windows normalised, cut into patches, with the level of the series' window behind each patch, and embedded:
/// `[batch · features, patches, d_model]`.
pub(super) fn embed(model: &PatchTst, inputs: &Inputs) -> Result<Tensor, TchError> {
    let input = model.input();
    let x = if input.normalisation.is_revin() {
        revin(model, &inputs.windows)?
    } else {
        inputs.windows.shallow_clone()
    };
    // The oldest bars are dropped where patches do not reach them; xp-spec refuses that for experiments.
    let (context, patch) = (i64::from(input.context), i64::from(input.patch));
    let stride = i64::from(input.stride);
    let unused = (context - patch) % stride;
    // [batch, patches, features, patch] → [batch, features, patches, patch]: features are series of their own.
    let patches = x
        .f_narrow(1, unused, context - unused)?
        .f_unfold(1, patch, stride)?
        .f_permute([0, 2, 1, 3])?;
    let patches = if input.normalisation.level_inputs() > 0 {
        let count = patches.size().get(2).copied().unwrap_or(0);
        // [batch, features, 2] → [batch, features, patches, 2].
        let levels = inputs.levels()?.f_unsqueeze(2)?;
        Tensor::f_cat(&[patches, levels.f_expand([-1, -1, count, -1], false)?], 3)?
    } else {
        patches
    };
    let x = if model.variant().share_embedding {
        model.linear(&patches, EMBEDDING)?
    } else {
        let series = (0..i64::from(input.n_features))
            .map(|i| model.linear(&patches.f_select(1, i)?, &format!("{EMBEDDING}.{i}")))
            .collect::<Result<Vec<_>, TchError>>()?;
        Tensor::f_stack(&series, 1)?
    };
    add_positions(model, &x)?.f_flatten(0, 1)
}

/// Adds positions to `[batch, features, patches, d_model]`, and the token before them where there is one.
fn add_positions(model: &PatchTst, x: &Tensor) -> Result<Tensor, TchError> {
    let positions = model.get("model.encoder.positional_encoder.position_enc")?;
    if model.variant().pooling != Pooling::Token {
        return x.f_add(positions);
    }
    let mut size = x.size();
    let patches = size.get(2).copied().unwrap_or(0);
    let x = x.f_add(&positions.f_narrow(0, 1, patches)?)?;
    if let Some(patches) = size.get_mut(2) {
        *patches = 1;
    }
    let token = model
        .get("model.encoder.positional_encoder.cls_token")?
        .f_add(&positions.f_narrow(0, 0, 1)?)?
        .f_expand(size.as_slice(), false)?;
    Tensor::f_cat(&[token, x], 2)
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

/// The logits of each class, `[batch, classes]`.
pub(super) fn class_logits(
    model: &PatchTst,
    x: &Tensor,
    sites: &mut Sites<'_>,
) -> Result<Tensor, TchError> {
    let pooled = match model.variant().pooling {
        Pooling::Mean => x.f_mean_dim(1, false, None)?,
        Pooling::Max => x.f_max_dim(1, false)?.0,
        Pooling::Token => x.f_select(1, 0)?,
    };
    // All features side by side: [batch, features · d_model].
    let width = i64::from(model.input().n_features) * i64::from(model.architecture().d_model);
    let pooled = pooled.f_reshape([-1, width])?;
    model.head_linear(&sites.head(pooled)?)
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
    let attention = |x: &Tensor, sites: &mut Sites<'_>| attention(model, x, &attention_name, sites);
    let x = model.sublayer(x, &names.attention_norm, sites, attention)?;
    let x = if model.variant().channel_attention {
        // [batch · features, tokens, d_model] ↔ [batch · tokens, features, d_model], the same weights.
        let features = i64::from(model.input().n_features);
        let turned = transpose_outer(&x, features)?;
        let norm = format!("{name}.norm_sublayer2");
        let mixed = model.sublayer(&turned, &norm, sites, attention)?;
        let tokens = x.size().get(1).copied().unwrap_or(0);
        transpose_outer(&mixed, tokens)?
    } else {
        x
    };
    model.feed_forward(&x, &names, sites)
}

/// `[batch · outer, inner, d_model]` → `[batch · inner, outer, d_model]`.
fn transpose_outer(x: &Tensor, outer: i64) -> Result<Tensor, TchError> {
    let size = x.size();
    let inner = size.get(1).copied().unwrap_or(0);
    x.f_reshape([-1, outer, inner, size.last().copied().unwrap_or(0)])?
        .f_transpose(1, 2)?
        .f_flatten(0, 1)
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

/// (x − mean) / √(variance + ε) per window and feature, variance with n, or x / mean |x|; then the affine part.
fn revin(model: &PatchTst, x: &Tensor) -> Result<Tensor, TchError> {
    let floor = model.variant().scale_floor;
    let scaled = match model.variant().scaling {
        Scaling::Deviation => {
            let centred = x.f_sub(&x.f_mean_dim(1, true, None)?)?;
            let variance = centred.f_square()?.f_mean_dim(1, true, None)?;
            centred.f_div(&variance.f_add_scalar(floor)?.f_sqrt()?)?
        }
        Scaling::Mean => x.f_div(&x.f_abs()?.f_mean_dim(1, true, None)?.f_clamp_min(floor)?)?,
    };
    scaled
        .f_mul(model.get("revin.gamma")?)?
        .f_add(model.get("revin.beta")?)
}
