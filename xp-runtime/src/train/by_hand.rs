//! Training steps of the `mixed` model on a CPU by `xp-step`, without autograd, which stays for everything else and as the reference
//! (`tests/by_hand.rs`). `xp_spec::execution` says which models take them.

use std::ops::Range;

use tch::{Device, TchError, Tensor};
use xp_spec::training::{Loss, Precision};
use xp_step::{Samples, Shape, Step, Update, norm};

use super::{
    error::TrainError,
    learner::{Batch, Learner, Stepped},
    optimizer::AdamW,
    windows::Windows,
};
use crate::{
    memory::{values, values_mut},
    model::{Dropout, PatchTst},
};

/// A model's training step, its gradients and its buffers.
#[derive(Debug)]
pub struct ByHand {
    step: Step,
    gradients: Vec<f32>,
    rows: Vec<i64>,
    labels: Vec<f32>,
}

impl ByHand {
    /// The step of a model on as many threads as libtorch has; `None` where it is not made for the model.
    pub fn new(model: &PatchTst) -> Option<Self> {
        let made = model.flat().device() == Device::Cpu && model.precision() == Precision::Fp32;
        let shape = Shape::new(model.architecture(), model.input()).filter(|_| made)?;
        let threads = usize::try_from(tch::get_num_threads()).unwrap_or(1);
        let step = Step::new(shape, threads);
        (step.len() as u64 == model.param_count()).then(|| Self {
            gradients: vec![0.0; step.len()],
            step,
            rows: Vec::new(),
            labels: Vec::new(),
        })
    }

    /// Gradients of the last call, in the order of the model's flat buffer.
    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// Mean loss of windows that end at `rows`, with 0 or 1 in `labels`; leaves its gradients in [`Self::gradients`].
    pub fn loss(
        &mut self,
        model: &PatchTst,
        windows: &Windows,
        (rows, labels): (&[i64], &[f32]),
        dropout: &Dropout,
        (loss, pos_weight): (Loss, f64),
    ) -> Result<f64, TchError> {
        let samples = Samples {
            data: values(windows.data())?,
            rows,
            labels,
            before: usize::try_from(dropout.part.0).unwrap_or(0),
        };
        let kind = match loss {
            Loss::Bce => xp_step::Loss::Bce { pos_weight: 1.0 },
            Loss::WeightedBce => xp_step::Loss::Bce { pos_weight },
            Loss::Focal(gamma) => xp_step::Loss::Focal { gamma },
            Loss::SoftAuc => xp_step::Loss::SoftAuc,
        };
        let masks = dropout.masks(self.step.sites());
        self.step
            .gradients(
                values(model.flat())?,
                &samples,
                &masks,
                kind,
                &mut self.gradients,
            )
            .ok_or_else(|| {
                TchError::Torch("a batch is empty or reaches beyond the data".to_owned())
            })
    }
}

/// A model that learns by hand.
pub(super) struct Learning {
    model: PatchTst,
    optimizer: AdamW,
    hand: ByHand,
    /// Ranges of the parameters that weight decay acts on.
    decays: Vec<Range<usize>>,
    /// Gradients of the parts before, where a batch is split.
    sum: Vec<f32>,
}

impl Learning {
    pub(super) fn new(model: PatchTst, weight_decay: f64) -> Result<Self, TrainError> {
        let hand = ByHand::new(&model).ok_or_else(|| {
            TrainError::Data(
                "steps by hand are for `channels: mixed` and `precision: fp32` on a CPU; train this model by autograd"
                    .to_owned(),
            )
        })?;
        let optimizer = AdamW::new(&model, weight_decay)?;
        Ok(Self {
            decays: model.decays().collect(),
            model,
            optimizer,
            hand,
            sum: Vec::new(),
        })
    }

    fn gradients(&mut self, batch: &Batch<'_>) -> Result<f64, TchError> {
        self.sum.clear();
        let mut value = 0.0;
        for part in batch.parts() {
            let mut rows = std::mem::take(&mut self.hand.rows);
            let mut labels = std::mem::take(&mut self.hand.labels);
            batch.samples(part.members, &mut rows, &mut labels);
            let kind = (batch.config.training.loss, batch.pos_weight);
            let samples = (rows.as_slice(), labels.as_slice());
            let loss = self
                .hand
                .loss(&self.model, batch.windows, samples, &part.dropout, kind)?;
            (self.hand.rows, self.hand.labels) = (rows, labels);
            if part.share == 1.0 {
                return Ok(loss);
            }
            value += loss * part.share;
            self.sum.resize(self.hand.gradients.len(), 0.0);
            for (sum, gradient) in self.sum.iter_mut().zip(&self.hand.gradients) {
                *sum += part.share as f32 * gradient;
            }
        }
        if !self.sum.is_empty() {
            std::mem::swap(&mut self.sum, &mut self.hand.gradients);
        }
        Ok(value)
    }
}

impl Learner for Learning {
    fn step(&mut self, batch: &Batch<'_>, rate: f64) -> Result<Stepped, TchError> {
        let loss = self.gradients(batch)?;
        let stepped = Stepped {
            loss,
            norm: norm(&self.hand.gradients),
        };
        if stepped.diverged(batch).is_none() {
            let clip_norm = batch.config.hyper.clip_norm;
            let gradients = (self.hand.gradients.as_slice(), stepped.norm);
            self.optimizer
                .step_by_hand(&self.model, &self.decays, gradients, (rate, clip_norm))?;
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

impl AdamW {
    /// One step with gradients in plain memory, of that global norm, and clipping, in one pass over all buffers.
    fn step_by_hand(
        &mut self,
        model: &PatchTst,
        decays: &[Range<usize>],
        (gradients, norm): (&[f32], f64),
        (rate, clip_norm): (f64, f64),
    ) -> Result<(), TchError> {
        let (rule, weight_decay, step) = self.advance();
        let update = Update {
            rate,
            weight_decay,
            clip_norm,
            step,
        };
        let mut flat = model.flat().shallow_clone();
        let (first, second) = self.buffers();
        rule.step(
            &update,
            norm,
            decays,
            values_mut(&mut flat)?,
            gradients,
            (values_mut(first)?, values_mut(second)?),
        );
        Ok(())
    }
}
