//! A PatchTST's parameters in one flat buffer (Nie et al., arXiv 2211.14730). What is computed with them is in `layers.rs`, `mixed.rs`,
//! `independent.rs` and `forward.rs`.

use std::collections::BTreeMap;

use tch::{Device, Kind, TchError, Tensor, no_grad};
use xp_spec::{
    architecture::{Architecture, InputShape},
    training::Precision,
};

use super::{
    layout::{ParameterShape, Start, variant_layout},
    variant::Variant,
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

    /// Sets the head so that each sample has this logit, whatever its bars: weights 0, and the bias of one logit this one, of two
    /// logits half of it each way, which keeps their mean at 0 as their gradients do.
    pub fn set_head(&self, logit: f64) -> Result<(), TchError> {
        let bias = self.get("head.linear.bias")?;
        let values = match bias.numel() {
            1 => vec![logit as f32],
            _ => vec![(-0.5 * logit) as f32, (0.5 * logit) as f32],
        };
        no_grad(|| {
            let _ = self.get("head.linear.weight")?.shallow_clone().f_zero_()?;
            bias.shallow_clone()
                .f_copy_(&Tensor::f_from_slice(&values)?)?;
            Ok(())
        })
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
