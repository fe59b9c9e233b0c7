//! Training steps with the gradients of one encoder layer at a time, for models whose gradients and moments do not fit into memory:
//! a layer's input is kept, the layer is computed again under gradients, and its weights are updated before the next layer's turn
//! (Chen et al., arXiv 1604.06174, for the recomputation; Lv et al., arXiv 2306.09782, for the update within the backward pass).
//!
//! Clipping by the global norm needs the norm before the first update, and thus a first backward pass that only sums it.

use tch::{Kind, TchError, Tensor, no_grad};
use xp_spec::execution::Moments;

use super::{
    batch::{Batch, Part},
    learner::{Learner, Stepped},
    loss::training_loss,
    optimizer::{clip_scale, squared_norm},
    parameter_moments::{ParameterMoments, Step},
};
use crate::model::{Inputs, Logits, PatchTst};

/// A model and the moments of each of its parameters.
pub(super) struct Layerwise {
    model: PatchTst,
    moments: Vec<ParameterMoments>,
    weight_decay: f64,
    steps: u64,
}

impl Layerwise {
    pub(super) fn new(
        model: PatchTst,
        weight_decay: f64,
        moments: Moments,
    ) -> Result<Self, TchError> {
        let moments = model
            .leaves()
            .into_iter()
            .map(|leaf| ParameterMoments::new(leaf, moments))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            model,
            moments,
            weight_decay,
            steps: 0,
        })
    }
}

impl Learner for Layerwise {
    fn step(&mut self, batch: &Batch<'_>, rate: f64) -> Result<Stepped, TchError> {
        let part = batch
            .parts()
            .next()
            .filter(|part| part.share == 1.0)
            .ok_or_else(|| {
                TchError::Torch("a batch cannot be split and trained by layers".to_owned())
            })?;
        let kept = forward(&self.model, batch, &part)?;
        // Summed where the gradients are, and read once: each reading would wait for a device.
        let mut squares = Tensor::f_zeros([], (Kind::Double, kept.labels.device()))?;
        let loss = backward(&self.model, batch, &part, &kept, &mut |_, gradient| {
            squares.f_add_(&squared_norm(gradient)?).map(|_| ())
        })?;
        let stepped = Stepped {
            loss: f64::try_from(loss)?,
            norm: f64::try_from(squares)?.sqrt(),
        };
        if stepped.diverged(batch).is_some() {
            return Ok(stepped);
        }
        self.steps += 1;
        let step = Step {
            count: self.steps,
            rate,
            weight_decay: self.weight_decay,
            scale: clip_scale(stepped.norm, batch.config.hyper.clip_norm),
        };
        let (leaves, shapes) = (self.model.leaves(), self.model.shapes());
        let moments = &mut self.moments;
        let _ = backward(
            &self.model,
            batch,
            &part,
            &kept,
            &mut |position, gradient| match (
                leaves.get(position),
                shapes.get(position),
                moments.get_mut(position),
            ) {
                (Some(leaf), Some(shape), Some(moments)) => {
                    no_grad(|| moments.update(leaf, gradient, shape.decays, &step))
                }
                _ => Ok(()),
            },
        )?;
        Ok(stepped)
    }

    fn model(&self) -> &PatchTst {
        &self.model
    }

    fn into_model(self: Box<Self>) -> PatchTst {
        self.model
    }

    fn moments(&self) -> Vec<(String, Tensor)> {
        let shapes = self.model.shapes().iter();
        shapes
            .zip(&self.moments)
            .flat_map(|(shape, moments)| moments.named(&shape.name))
            .collect()
    }

    fn set_steps(&mut self, steps: u64) {
        self.steps = steps;
    }

    fn keeps_best_on_disk(&self) -> bool {
        true
    }
}

/// What a backward pass starts from.
struct Kept {
    x: Inputs,
    labels: Tensor,
    /// Input of each encoder layer, and the output of the last, `[series, patches, d_model]`.
    inputs: Vec<Tensor>,
}

fn forward(model: &PatchTst, batch: &Batch<'_>, part: &Part<'_>) -> Result<Kept, TchError> {
    let (x, labels) = batch.tensors(part.members)?;
    no_grad(|| {
        let mut inputs = vec![model.embed(&x)?];
        for layer in 0..model.layers() {
            if let Some(input) = inputs.last() {
                inputs.push(model.layer(layer, input, Some(&part.dropout))?);
            }
        }
        Ok(Kept { x, labels, inputs })
    })
}

/// Gradients from the head down to the embedding, given to `visit` with their parameter's position; a segment's gradients live until
/// they are visited. Returns the loss, a scalar.
fn backward(
    model: &PatchTst,
    batch: &Batch<'_>,
    part: &Part<'_>,
    kept: &Kept,
    visit: &mut dyn FnMut(usize, &Tensor) -> Result<(), TchError>,
) -> Result<Tensor, TchError> {
    let leaves = model.leaves();
    let segments = model.segments();
    let mut loss = None;
    let mut upstream: Option<Tensor> = None;
    for (segment, positions) in segments.iter().enumerate().rev() {
        let input = match segment {
            0 => None,
            _ => kept
                .inputs
                .get(segment - 1)
                .map(|input| input.f_detach()?.f_set_requires_grad(true))
                .transpose()?,
        };
        // A scalar whose gradient is the segment's.
        let scalar = match (&input, &upstream) {
            (Some(input), None) => {
                let logits: Logits = model.head(input, Some(&part.dropout))?;
                let kind = batch.config.training.loss;
                let scalar = training_loss(kind, &logits, &kept.labels, batch.pos_weight)?;
                loss = Some(scalar.f_detach()?);
                scalar
            }
            (Some(input), Some(upstream)) => model
                .layer(segment as u32 - 1, input, Some(&part.dropout))?
                .f_mul(upstream)?
                .f_sum(Kind::Float)?,
            (None, Some(upstream)) => model.embed(&kept.x)?.f_mul(upstream)?.f_sum(Kind::Float)?,
            (None, None) => continue,
        };
        let mut wanted: Vec<&Tensor> = positions
            .iter()
            .filter_map(|&position| leaves.get(position).copied())
            .collect();
        wanted.extend(&input);
        let mut gradients = Tensor::f_run_backward(&[&scalar], &wanted, false, false)?;
        upstream = match input {
            Some(_) => gradients.pop(),
            None => None,
        };
        for (&position, gradient) in positions.iter().zip(&gradients) {
            visit(position, gradient)?;
        }
    }
    loss.ok_or_else(|| TchError::Torch("a model has no head".to_owned()))
}
