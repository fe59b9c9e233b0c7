//! PatchTST, `mixed` variant of the original study: patches of all features, learnable positions, pre-norm encoder with GELU,
//! final layer norm, flatten head, one logit (Nie et al., arXiv 2211.14730; RevIN: Kim et al., ICLR 2022).

use std::collections::BTreeMap;

use tch::{Device, Kind, TchError, Tensor, no_grad};
use xp_spec::architecture::{Architecture, InputShape, Normalisation};

use super::{
    layout::{ParameterShape, Start, layout},
    types::Logits,
};
use crate::rng::Stream;

const NORM_EPS: f64 = 1e-5;
const REVIN_EPS: f64 = 1e-5;

/// Rates of dropout and where its randomness comes from.
#[derive(Debug, Clone, Copy)]
pub struct Dropout {
    /// Rate inside the encoder: attention weights, attention output, feed-forward inner and output.
    pub encoder: f64,
    /// Rate before the head.
    pub head: f64,
    /// Seed of the run.
    pub seed: u64,
    /// Epoch, from 0.
    pub epoch: u64,
    /// Batch in the epoch, from 0.
    pub batch: u64,
}

/// A PatchTST with its parameters in one flat buffer.
#[derive(Debug)]
pub struct PatchTst {
    architecture: Architecture,
    input: InputShape,
    shapes: Vec<ParameterShape>,
    /// All parameters, `[count]`; the leaves below share its storage.
    flat: Tensor,
    leaves: BTreeMap<String, Tensor>,
}

impl PatchTst {
    /// A model initialised from a seed; `None` where no patch fits the context.
    pub fn new(
        architecture: Architecture,
        input: InputShape,
        seed: u64,
        device: Device,
    ) -> Result<Option<Self>, TchError> {
        let Some(shapes) = layout(&architecture, &input) else {
            return Ok(None);
        };
        let count = shapes.iter().map(ParameterShape::numel).sum::<i64>();
        let flat = Tensor::f_zeros([count], (Kind::Float, device))?;
        let mut leaves = BTreeMap::new();
        let mut offset = 0;
        for (site, shape) in shapes.iter().enumerate() {
            let values = start_values(shape, &Stream::new(seed, &[0, site as u64]));
            let mut part = flat.f_narrow(0, offset, shape.numel())?;
            part.f_copy_(&Tensor::f_from_slice(&values)?)?;
            let leaf = part
                .f_view(shape.shape.as_slice())?
                .f_detach()?
                .f_set_requires_grad(true)?;
            leaves.insert(shape.name.clone(), leaf);
            offset += shape.numel();
        }
        Ok(Some(Self {
            architecture,
            input,
            shapes,
            flat,
            leaves,
        }))
    }

    /// Number of trainable parameters, counted on the tensors.
    pub fn param_count(&self) -> u64 {
        self.flat.numel() as u64
    }

    /// Names, shapes and order of the parameters.
    pub fn shapes(&self) -> &[ParameterShape] {
        &self.shapes
    }

    /// All parameters, `[count]`; writing to it moves the model.
    pub fn flat(&self) -> &Tensor {
        &self.flat
    }

    /// A copy of all parameters, `[count]`.
    pub fn weights(&self) -> Result<Tensor, TchError> {
        let mut copy = self.flat.f_empty_like()?;
        copy.f_copy_(&self.flat)?;
        Ok(copy)
    }

    /// The parameters as leaves, in the order of [`Self::shapes`].
    pub fn leaves(&self) -> Vec<&Tensor> {
        self.shapes
            .iter()
            .filter_map(|shape| self.leaves.get(&shape.name))
            .collect()
    }

    /// Names and values of the parameters, for a file.
    pub fn named(&self) -> Vec<(String, Tensor)> {
        self.leaves
            .iter()
            .map(|(name, leaf)| (name.clone(), leaf.detach()))
            .collect()
    }

    /// Gradients of a scalar, `[count]`, in the order of the flat buffer.
    pub fn gradients(&self, loss: &Tensor) -> Result<Tensor, TchError> {
        let gradients = Tensor::f_run_backward(&[loss], &self.leaves(), false, false)?;
        let flat = gradients
            .iter()
            .map(|gradient| gradient.f_reshape([-1]))
            .collect::<Result<Vec<_>, _>>()?;
        Tensor::f_cat(&flat, 0)
    }

    /// Sets a parameter by name; the error says whether the name or the shape is wrong.
    pub fn set(&mut self, name: &str, value: &Tensor) -> Result<(), String> {
        let Some(leaf) = self.leaves.get_mut(name) else {
            return Err(format!("the model has no parameter `{name}`"));
        };
        if leaf.size() != value.size() {
            return Err(format!(
                "parameter `{name}` has shape {:?}, the file has {:?}",
                leaf.size(),
                value.size()
            ));
        }
        no_grad(|| leaf.f_copy_(value))
            .map(|_| ())
            .map_err(|cause| cause.to_string())
    }

    fn get(&self, name: &str) -> Result<&Tensor, TchError> {
        self.leaves
            .get(name)
            .ok_or_else(|| TchError::Torch(format!("the model has no parameter `{name}`")))
    }

    fn linear(&self, x: &Tensor, name: &str) -> Result<Tensor, TchError> {
        x.f_linear(
            self.get(&format!("{name}.weight"))?,
            Some(self.get(&format!("{name}.bias"))?),
        )
    }

    fn norm(&self, x: &Tensor, name: &str) -> Result<Tensor, TchError> {
        let (weight, bias) = (
            self.get(&format!("{name}.weight"))?,
            self.get(&format!("{name}.bias"))?,
        );
        x.f_layer_norm(
            [i64::from(self.architecture.d_model)],
            Some(weight),
            Some(bias),
            NORM_EPS,
            true,
        )
    }

    /// Logits of windows `[batch, context, features]`; dropout only where it is given.
    pub fn forward(&self, x: &Tensor, dropout: Option<&Dropout>) -> Result<Logits, TchError> {
        let (patch, stride) = (i64::from(self.input.patch), i64::from(self.input.stride));
        let mut sites = Sites { dropout, next: 0 };
        let x = match self.input.normalisation {
            Normalisation::Revin => self.revin(x)?,
            Normalisation::Zscore | Normalisation::None => x.shallow_clone(),
        };
        // [batch, patches, features, patch] → a patch vector is time-major: [batch, patches, patch · features].
        let patches = x
            .f_unfold(1, patch, stride)?
            .f_permute([0, 1, 3, 2])?
            .f_flatten(2, 3)?;
        let count = patches.size().get(1).copied().unwrap_or(0);
        let positions = self
            .get("pos_encoding.position_embedding")?
            .f_narrow(1, 0, count)?;
        let mut x = self
            .linear(&patches, "patch_embed.projection")?
            .f_add(&positions)?;
        for layer in 0..self.architecture.n_layers {
            x = self.layer(&x, &format!("encoder.layers.{layer}"), &mut sites)?;
        }
        let x = self.norm(&x, "encoder.norm")?.f_flatten(1, 2)?;
        let x = sites.drop(x, |dropout| dropout.head)?;
        Ok(Logits(self.linear(&x, "head.linear")?.f_squeeze_dim(1)?))
    }

    fn layer(&self, x: &Tensor, name: &str, sites: &mut Sites<'_>) -> Result<Tensor, TchError> {
        let encoder = |dropout: &Dropout| dropout.encoder;
        let attended = self.attention(&self.norm(x, &format!("{name}.norm1"))?, name, sites)?;
        let x = x.f_add(&sites.drop(attended, encoder)?)?;
        let inner = self.linear(
            &self.norm(&x, &format!("{name}.norm2"))?,
            &format!("{name}.ffn.0"),
        )?;
        let inner = sites.drop(inner.f_gelu("none")?, encoder)?;
        let outer = self.linear(&inner, &format!("{name}.ffn.3"))?;
        x.f_add(&sites.drop(outer, encoder)?)
    }

    /// Multi-head self-attention over patches, `[batch, patches, d_model]`.
    fn attention(&self, x: &Tensor, name: &str, sites: &mut Sites<'_>) -> Result<Tensor, TchError> {
        let heads = i64::from(self.architecture.n_heads);
        let width = i64::from(self.architecture.d_model) / heads;
        let size = x.size();
        let (batch, patches) = (
            size.first().copied().unwrap_or(0),
            size.get(1).copied().unwrap_or(0),
        );
        let weight = self.get(&format!("{name}.self_attn.in_proj_weight"))?;
        let bias = self.get(&format!("{name}.self_attn.in_proj_bias"))?;
        // [3, batch, heads, patches, width]
        let qkv = x
            .f_linear(weight, Some(bias))?
            .f_view([batch, patches, 3, heads, width])?
            .f_permute([2, 0, 3, 1, 4])?;
        let (q, k, v) = (
            qkv.f_select(0, 0)?,
            qkv.f_select(0, 1)?,
            qkv.f_select(0, 2)?,
        );
        let scores = q
            .f_mul_scalar(1.0 / (width as f64).sqrt())?
            .f_matmul(&k.f_transpose(2, 3)?)?;
        let weights = sites.drop(scores.f_softmax(3, None)?, |dropout| dropout.encoder)?;
        let mixed =
            weights
                .f_matmul(&v)?
                .f_transpose(1, 2)?
                .f_reshape([batch, patches, heads * width])?;
        self.linear(&mixed, &format!("{name}.self_attn.out_proj"))
    }

    /// (x − mean) / (std + ε) per window and feature, std with n − 1, then the affine part.
    fn revin(&self, x: &Tensor) -> Result<Tensor, TchError> {
        let mean = x.f_mean_dim(1, true, None)?;
        let std = x.f_std_dim(1, true, true)?.f_add_scalar(REVIN_EPS)?;
        x.f_sub(&mean)?
            .f_div(&std)?
            .f_mul(self.get("revin.gamma")?)?
            .f_add(self.get("revin.beta")?)
    }
}

fn start_values(shape: &ParameterShape, stream: &Stream) -> Vec<f32> {
    (0..shape.numel() as u64)
        .map(|position| match shape.start {
            Start::Constant(value) => value as f32,
            Start::Uniform(bound) => (bound * (2.0 * stream.uniform(position) - 1.0)) as f32,
            Start::Normal(sd) => (sd * stream.normal(position)) as f32,
        })
        .collect()
}

/// Numbers the dropout sites of one forward pass.
struct Sites<'a> {
    dropout: Option<&'a Dropout>,
    next: u64,
}

impl Sites<'_> {
    fn drop(&mut self, x: Tensor, rate: impl Fn(&Dropout) -> f64) -> Result<Tensor, TchError> {
        let Some(dropout) = self.dropout else {
            return Ok(x);
        };
        let site = self.next;
        self.next += 1;
        let rate = rate(dropout);
        if rate <= 0.0 {
            return Ok(x);
        }
        let stream = Stream::new(dropout.seed, &[1, dropout.epoch, dropout.batch, site]);
        let mask = Tensor::f_from_slice(&stream.dropout_mask(x.numel(), rate))?;
        x.f_mul(&mask.f_view(x.size().as_slice())?.f_to_device(x.device())?)
    }
}
