//! A PatchTST's parameters in one flat buffer, and the operations that both of its variants share (Nie et al., arXiv 2211.14730).

use std::collections::BTreeMap;

use tch::{Device, Kind, TchError, Tensor, no_grad};
use xp_spec::{
    architecture::{Architecture, Channels, InputShape},
    training::Precision,
};

use super::{
    dropout::{Dropout, SITES_OF_LAYER, Sites},
    independent,
    layout::{ParameterShape, Start, variant_layout},
    mixed,
    types::Logits,
    variant::{Norm, Variant},
};
use crate::rng::Stream;

/// A PatchTST with its parameters in one flat buffer.
#[derive(Debug)]
pub struct PatchTst {
    architecture: Architecture,
    input: InputShape,
    variant: Variant,
    precision: Precision,
    shapes: Vec<ParameterShape>,
    /// All parameters, `[count]`; the leaves below share its storage.
    flat: Tensor,
    leaves: BTreeMap<String, Tensor>,
    /// Running statistics of batch norms.
    buffers: BTreeMap<String, Tensor>,
}

impl PatchTst {
    /// A model initialised from a seed; `None` where no patch fits the context.
    pub fn new(
        architecture: Architecture,
        input: InputShape,
        seed: u64,
        device: Device,
    ) -> Result<Option<Self>, TchError> {
        Self::with_variant(architecture, input, Variant::default(), seed, device)
    }

    /// A model of another variant than experiments have, to be evaluated.
    pub fn with_variant(
        architecture: Architecture,
        input: InputShape,
        variant: Variant,
        seed: u64,
        device: Device,
    ) -> Result<Option<Self>, TchError> {
        let Some(shapes) = variant_layout(&architecture, &input, &variant) else {
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
        let width = [i64::from(architecture.d_model)];
        let mut buffers = BTreeMap::new();
        for shape in &shapes {
            if let Some(name) = shape.name.strip_suffix("batchnorm.weight") {
                let of = |what: &str| format!("{name}batchnorm.running_{what}");
                let kind = (Kind::Float, device);
                buffers.insert(of("mean"), Tensor::f_zeros(width, kind)?);
                buffers.insert(of("var"), Tensor::f_ones(width, kind)?);
            }
        }
        Ok(Some(Self {
            architecture,
            input,
            variant,
            precision: Precision::Fp32,
            shapes,
            flat,
            leaves,
            buffers,
        }))
    }

    /// The model with factors of its matrix products in another format; parameters stay f32.
    pub fn with_precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
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

    /// Names and views of all parameters in a buffer like the model's own, `[count]`.
    pub fn parts(&self, flat: &Tensor) -> Result<Vec<(String, Tensor)>, TchError> {
        let mut offset = 0;
        self.shapes
            .iter()
            .map(|shape| {
                let part = flat
                    .f_narrow(0, offset, shape.numel())?
                    .f_view(shape.shape.as_slice())?;
                offset += shape.numel();
                Ok((shape.name.clone(), part))
            })
            .collect()
    }

    /// Ranges of the flat buffer that weight decay acts on, in order.
    pub(crate) fn decays(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let mut offset = 0;
        self.shapes.iter().filter_map(move |shape| {
            let from = offset;
            offset += shape.numel() as usize;
            shape.decays.then_some(from..offset)
        })
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

    /// Sets a parameter or a running statistic by name; the error says whether the name or the shape is wrong.
    pub fn set(&mut self, name: &str, value: &Tensor) -> Result<(), String> {
        let found = match self.leaves.get_mut(name) {
            Some(leaf) => Some(leaf),
            None => self.buffers.get_mut(name),
        };
        let Some(leaf) = found else {
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

    /// Logits of windows `[batch, context, features]`; dropout only where it is given.
    pub fn forward(&self, x: &Tensor, dropout: Option<&Dropout>) -> Result<Logits, TchError> {
        self.head(&self.encoded(x, dropout)?, dropout)
    }

    /// Logits of each class of the `independent` variant, `[batch, classes]`, without dropout.
    pub fn class_logits(&self, x: &Tensor) -> Result<Tensor, TchError> {
        independent::class_logits(self, &self.encoded(x, None)?, &mut Sites::from(None, 0))
    }

    fn encoded(&self, x: &Tensor, dropout: Option<&Dropout>) -> Result<Tensor, TchError> {
        if dropout.is_some() && self.variant != Variant::default() {
            return Err(TchError::Torch(
                "a variant of the references is evaluated, not trained".to_owned(),
            ));
        }
        let mut x = self.embed(x)?;
        for layer in 0..self.layers() {
            x = self.layer(layer, &x, dropout)?;
        }
        Ok(x)
    }

    /// Number of encoder layers.
    pub(crate) fn layers(&self) -> u32 {
        self.architecture.n_layers
    }

    /// Before the encoder: windows to `[series, patches, d_model]`.
    pub(crate) fn embed(&self, x: &Tensor) -> Result<Tensor, TchError> {
        match self.input.channels {
            Channels::Mixed => mixed::embed(self, x),
            Channels::Independent => independent::embed(self, x),
        }
    }

    /// An encoder layer, from 0, `[series, patches, d_model]`.
    pub(crate) fn layer(
        &self,
        layer: u32,
        x: &Tensor,
        dropout: Option<&Dropout>,
    ) -> Result<Tensor, TchError> {
        let mut sites = Sites::from(dropout, SITES_OF_LAYER * u64::from(layer));
        let name = self.layer_name(layer);
        match self.input.channels {
            Channels::Mixed => mixed::encode(self, x, &name, &mut sites),
            Channels::Independent => independent::encode(self, x, &name, &mut sites),
        }
    }

    /// After the encoder: its output to logits.
    pub(crate) fn head(&self, x: &Tensor, dropout: Option<&Dropout>) -> Result<Logits, TchError> {
        let mut sites = Sites::from(dropout, SITES_OF_LAYER * u64::from(self.layers()));
        match self.input.channels {
            Channels::Mixed => mixed::head(self, x, &mut sites),
            Channels::Independent => independent::head(self, x, &mut sites),
        }
    }

    /// Positions in [`Self::shapes`] of the parameters of each segment: embedding, encoder layers, head.
    pub(crate) fn segments(&self) -> Vec<Vec<usize>> {
        let names: Vec<String> = (0..self.layers())
            .map(|layer| format!("{}.", self.layer_name(layer)))
            .collect();
        let mut segments = vec![Vec::new(); names.len() + 2];
        for (position, shape) in self.shapes.iter().enumerate() {
            let layer = names.iter().position(|name| shape.name.starts_with(name));
            let after = shape.name.starts_with("head.") || shape.name.starts_with("encoder.norm.");
            let segment = match layer {
                Some(layer) => layer + 1,
                None if after => names.len() + 1,
                None => 0,
            };
            if let Some(segment) = segments.get_mut(segment) {
                segment.push(position);
            }
        }
        segments
    }

    fn layer_name(&self, layer: u32) -> String {
        match self.input.channels {
            Channels::Mixed => mixed::layer_name(layer),
            Channels::Independent => independent::layer_name(layer),
        }
    }

    pub(crate) fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    pub(crate) fn input(&self) -> &InputShape {
        &self.input
    }

    pub(crate) fn precision(&self) -> Precision {
        self.precision
    }

    pub(super) fn variant(&self) -> &Variant {
        &self.variant
    }

    pub(super) fn get(&self, name: &str) -> Result<&Tensor, TchError> {
        self.leaves
            .get(name)
            .or_else(|| self.buffers.get(name))
            .ok_or_else(|| TchError::Torch(format!("the model has no parameter `{name}`")))
    }

    pub(super) fn linear(&self, x: &Tensor, name: &str) -> Result<Tensor, TchError> {
        self.affine(x, &format!("{name}.weight"), &format!("{name}.bias"))
    }

    /// A linear map by the names of its weight and bias; the bias, if there is one, is added in f32.
    pub(super) fn affine(&self, x: &Tensor, weight: &str, bias: &str) -> Result<Tensor, TchError> {
        let (weight, bias) = (self.get(weight)?, self.leaves.get(bias));
        match self.precision {
            Precision::Fp32 => x.f_linear(weight, bias),
            Precision::Bf16 => {
                let product = self.product(x, &weight.f_transpose(0, 1)?)?;
                match bias {
                    Some(bias) => product.f_add(bias),
                    None => Ok(product),
                }
            }
        }
    }

    /// The linear map of the head, in f32 whatever the precision: bfloat16 would round the logit to 8 bits.
    pub(super) fn head_linear(&self, x: &Tensor) -> Result<Tensor, TchError> {
        x.f_linear(
            self.get("head.linear.weight")?,
            self.leaves.get("head.linear.bias"),
        )
    }

    /// A matrix product of f32 tensors, its factors rounded to the precision; f32.
    fn product(&self, a: &Tensor, b: &Tensor) -> Result<Tensor, TchError> {
        match self.precision {
            Precision::Fp32 => a.f_matmul(b),
            Precision::Bf16 => {
                let rounded = |x: &Tensor| x.f_to_kind(Kind::BFloat16);
                rounded(a)?.f_matmul(&rounded(b)?)?.f_to_kind(Kind::Float)
            }
        }
    }

    pub(super) fn norm(&self, x: &Tensor, name: &str) -> Result<Tensor, TchError> {
        match self.variant.norm {
            Norm::Layer => x.f_layer_norm(
                [i64::from(self.architecture.d_model)],
                Some(self.get(&format!("{name}.weight"))?),
                Some(self.get(&format!("{name}.bias"))?),
                self.variant.norm_eps,
                true,
            ),
            Norm::Batch => self.batch_norm(x, &format!("{name}.batchnorm")),
        }
    }

    /// Batch norm by running statistics, tokens as samples (Ioffe & Szegedy, arXiv 1502.03167).
    fn batch_norm(&self, x: &Tensor, name: &str) -> Result<Tensor, TchError> {
        let of = |what: &str| self.get(&format!("{name}.{what}")).map(Some);
        let (evaluating, momentum, cudnn) = (false, 0.1, false);
        x.f_transpose(1, 2)?
            .f_batch_norm(
                of("weight")?,
                of("bias")?,
                of("running_mean")?,
                of("running_var")?,
                evaluating,
                momentum,
                self.variant.norm_eps,
                cudnn,
            )?
            .f_transpose(1, 2)
    }

    /// A sublayer with its residual, `[series, patches, d_model]`: x + f(norm x), or norm(x + f(x)).
    pub(super) fn sublayer(
        &self,
        x: &Tensor,
        norm: &str,
        sites: &mut Sites<'_>,
        f: impl FnOnce(&Tensor, &mut Sites<'_>) -> Result<Tensor, TchError>,
    ) -> Result<Tensor, TchError> {
        if self.variant.pre_norm {
            let y = f(&self.norm(x, norm)?, sites)?;
            x.f_add(&sites.encoder(y)?)
        } else {
            let y = f(x, sites)?;
            self.norm(&x.f_add(&sites.encoder(y)?)?, norm)
        }
    }

    /// The feed-forward part of an encoder layer, `[series, patches, d_model]`.
    pub(super) fn fed_forward(
        &self,
        x: &Tensor,
        names: &LayerNames,
        sites: &mut Sites<'_>,
    ) -> Result<Tensor, TchError> {
        self.sublayer(x, &names.feed_forward_norm, sites, |x, sites| {
            let inner = self.linear(x, &names.inner)?;
            let inner = sites.encoder(self.variant.activation.apply(&inner)?)?;
            self.linear(&inner, &names.outer)
        })
    }

    /// Series, patches, heads and width of a head of `[series, patches, d_model]`.
    pub(super) fn head_sizes(&self, x: &Tensor) -> [i64; 4] {
        let size = x.size();
        let heads = i64::from(self.architecture.n_heads);
        [
            size.first().copied().unwrap_or(0),
            size.get(1).copied().unwrap_or(0),
            heads,
            i64::from(self.architecture.d_model) / heads,
        ]
    }

    /// Scaled dot-product attention of heads, `[series, heads, patches, width]` each, with dropout on the weights; the heads side by side
    /// again, `[series, patches, d_model]`.
    pub(super) fn attend(
        &self,
        (q, k, v): (&Tensor, &Tensor, &Tensor),
        sites: &mut Sites<'_>,
    ) -> Result<Tensor, TchError> {
        let d_model = i64::from(self.architecture.d_model);
        let width = f64::from(self.architecture.d_model / self.architecture.n_heads);
        let scores = self.product(
            &q.f_mul_scalar(1.0 / width.sqrt())?,
            &k.f_transpose(-2, -1)?,
        )?;
        let patches = q.size().get(2).copied().unwrap_or(0);
        let weights = sites.encoder(scores.f_softmax(-1, None)?)?;
        self.product(&weights, v)?
            .f_transpose(1, 2)?
            .f_reshape([-1, patches, d_model])
    }
}

/// Names of the parts of an encoder layer.
pub(super) struct LayerNames {
    pub(super) attention_norm: String,
    pub(super) feed_forward_norm: String,
    pub(super) inner: String,
    pub(super) outer: String,
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
