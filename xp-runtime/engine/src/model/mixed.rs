//! `mixed`, the original study's variant: a patch holds all features; learnable positions, pre-norm encoder with GELU, final layer
//! norm, flatten head, one logit. RevIN (Kim et al., ICLR 2022) divides by the standard deviation plus ε.

use tch::{TchError, Tensor};

use super::{
    dropout::Sites, inputs::Inputs, layers::LayerNames, patchtst::PatchTst, types::Logits,
};

const REVIN_EPS: f64 = 1e-5;

/// Windows normalised, cut into patches, with the level of the window behind each patch, and embedded: `[batch, patches, d_model]`.
pub(super) fn embed(model: &PatchTst, inputs: &Inputs) -> Result<Tensor, TchError> {
    let input = model.input();
    let x = if input.normalisation.is_revin() {
        revin(model, &inputs.windows)?
    } else {
        inputs.windows.shallow_clone()
    };
    // [batch, patches, features, patch] → a patch vector is time-major: [batch, patches, patch · features].
    let patches = x
        .f_unfold(1, i64::from(input.patch), i64::from(input.stride))?
        .f_permute([0, 1, 3, 2])?
        .f_flatten(2, 3)?;
    let count = patches.size().get(1).copied().unwrap_or(0);
    let patches = if input.normalisation.level_inputs() > 0 {
        // [batch, features, 2] → [batch, patches, features · 2].
        let levels = inputs.levels()?.f_flatten(1, 2)?.f_unsqueeze(1)?;
        Tensor::f_cat(&[patches, levels.f_expand([-1, count, -1], false)?], 2)?
    } else {
        patches
    };
    let positions = model
        .get("pos_encoding.position_embedding")?
        .f_narrow(1, 0, count)?;
    model
        .linear(&patches, "patch_embed.projection")?
        .f_add(&positions)
}

/// Logits of the encoder's output.
pub(super) fn head(
    model: &PatchTst,
    x: &Tensor,
    sites: &mut Sites<'_>,
) -> Result<Logits, TchError> {
    let x = model.norm(x, "encoder.norm")?.f_flatten(1, 2)?;
    let x = sites.head(x)?;
    Ok(Logits(model.head_linear(&x)?.f_squeeze_dim(1)?))
}

/// What the names of an encoder layer's parameters begin with.
pub(super) fn layer_name(layer: u32) -> String {
    format!("encoder.layers.{layer}")
}

/// An encoder layer, `[batch, patches, d_model]`.
pub(super) fn encode(
    model: &PatchTst,
    x: &Tensor,
    name: &str,
    sites: &mut Sites<'_>,
) -> Result<Tensor, TchError> {
    let names = LayerNames {
        attention_norm: format!("{name}.norm1"),
        feed_forward_norm: format!("{name}.norm2"),
        inner: format!("{name}.ffn.0"),
        outer: format!("{name}.ffn.3"),
    };
    let attention = |x: &Tensor, sites: &mut Sites<'_>| attention(model, x, name, sites);
    let x = model.sublayer(x, &names.attention_norm, sites, attention)?;
    model.feed_forward(&x, &names, sites)
}

/// Multi-head self-attention over patches, `[batch, patches, d_model]`.
fn attention(
    model: &PatchTst,
    x: &Tensor,
    name: &str,
    sites: &mut Sites<'_>,
) -> Result<Tensor, TchError> {
    let [batch, patches, heads, width] = model.head_sizes(x);
    let part = |what: &str| format!("{name}.self_attn.in_proj_{what}");
    // [3, batch, heads, patches, width]
    let qkv = model
        .affine(x, &part("weight"), &part("bias"))?
        .f_view([batch, patches, 3, heads, width])?
        .f_permute([2, 0, 3, 1, 4])?;
    let (q, k, v) = (
        qkv.f_select(0, 0)?,
        qkv.f_select(0, 1)?,
        qkv.f_select(0, 2)?,
    );
    let mixed = model.attend((&q, &k, &v), sites)?;
    model.linear(&mixed, &format!("{name}.self_attn.out_proj"))
}

/// (x − mean) / (std + ε) per window and feature, std with n − 1, then the affine part.
fn revin(model: &PatchTst, x: &Tensor) -> Result<Tensor, TchError> {
    let mean = x.f_mean_dim(1, true, None)?;
    // One bar has no deviation with n − 1: it becomes 0, not NaN.
    let unbiased = model.input().context > 1;
    let std = x.f_std_dim(1, unbiased, true)?.f_add_scalar(REVIN_EPS)?;
    x.f_sub(&mean)?
        .f_div(&std)?
        .f_mul(model.get("revin.gamma")?)?
        .f_add(model.get("revin.beta")?)
}
