//! Training steps by autograd, with the gradients of all parameters at once.

use tch::{TchError, Tensor};

use super::{
    batch::{Batch, Part},
    learner::{Learner, Stepped},
    loss::training_loss,
    optimizer::{AdamW, clip},
};
use crate::model::PatchTst;

/// A model, its optimizer, and gradients in one flat buffer.
pub(super) struct Autograd {
    model: PatchTst,
    optimizer: AdamW,
}

impl Autograd {
    pub(super) fn new(model: PatchTst, weight_decay: f64) -> Result<Self, TchError> {
        let optimizer = AdamW::new(&model, weight_decay)?;
        Ok(Self { model, optimizer })
    }
}

impl Learner for Autograd {
    fn step(&mut self, batch: &Batch<'_>, rate: f64) -> Result<Stepped, TchError> {
        let (loss, mut gradients) = gradients(&self.model, batch)?;
        let norm = clip(&mut gradients, batch.config.hyper.clip_norm)?;
        let stepped = Stepped { loss, norm };
        if stepped.diverged(batch).is_none() {
            self.optimizer.step(&self.model, &gradients, rate)?;
        }
        Ok(stepped)
    }

    fn model(&self) -> &PatchTst {
        &self.model
    }

    fn into_model(self: Box<Self>) -> PatchTst {
        self.model
    }

    fn moments(&self) -> Vec<(String, Tensor)> {
        self.optimizer.moments()
    }

    fn set_steps(&mut self, steps: u64) {
        self.optimizer.set_steps(steps);
    }
}

/// Mean loss of a batch and its gradients, computed in as many parts as the batch is to be split into.
fn gradients(model: &PatchTst, batch: &Batch<'_>) -> Result<(f64, Tensor), TchError> {
    let mut sum: Option<(f64, Tensor)> = None;
    for part in batch.parts() {
        let loss = part_loss(model, batch, &part)?;
        if part.share == 1.0 {
            let gradients = model.gradients(&loss)?;
            return Ok((f64::try_from(&loss)?, gradients));
        }
        let loss = loss.f_mul_scalar(part.share)?;
        // The loss is read after the backward pass: reading it waits for a device.
        let gradients = model.gradients(&loss)?;
        let value = f64::try_from(&loss)?;
        sum = Some(match sum {
            Some((before, mut total)) => {
                let _ = total.f_add_(&gradients)?;
                (before + value, total)
            }
            None => (value, gradients),
        });
    }
    sum.ok_or_else(|| TchError::Torch("a batch has no samples".to_owned()))
}

fn part_loss(model: &PatchTst, batch: &Batch<'_>, part: &Part<'_>) -> Result<Tensor, TchError> {
    let (x, labels) = batch.tensors(part.members)?;
    let logits = model.forward(&x, Some(&part.dropout))?;
    training_loss(
        batch.config.training.loss,
        &logits,
        &labels,
        batch.pos_weight,
    )
}
