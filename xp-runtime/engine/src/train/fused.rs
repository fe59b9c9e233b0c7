//! Training steps of the `mixed` model on a CPU by the fused kernels of `xp-step`. Autograd stays for everything else and as the reference
//! (`tests/fused.rs`). `xp_spec::execution` decides which models are trained so.

use std::ops::Range;

use tch::{Device, TchError, Tensor};
use xp_spec::training::{Loss, Precision};
use xp_step::{Executor, Samples, Shape, Step, Update, norm};

use super::{
    batch::Batch,
    error::TrainError,
    learner::{Learner, Stepped},
    loss::fused_loss,
    optimizer::AdamW,
    windows::Windows,
};
use crate::{
    kernels::executor,
    memory::{values, values_mut},
    model::{Dropout, PatchTst},
};

/// A model's training step, its gradients and its buffers.
#[derive(Debug)]
pub struct FusedStep {
    step: Step,
    gradients: Vec<f32>,
    rows: Vec<i64>,
    labels: Vec<f32>,
}

impl FusedStep {
    /// The step of a model on as many threads as libtorch has; `None` where it is not made for the model.
    pub fn new(model: &PatchTst) -> Option<Self> {
        let supported =
            model.flat().device() == Device::Cpu && model.precision() == Precision::Fp32;
        let shape = Shape::new(model.architecture(), model.input()).filter(|_| supported)?;
        let step = Step::new(shape, executor());
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
            labels,
            before: usize::try_from(dropout.part.0).unwrap_or(0),
            ..samples(windows, rows)?
        };
        let masks = dropout.masks(self.step.sites());
        self.step
            .gradients(
                values(model.flat())?,
                &samples,
                &masks,
                fused_loss(loss, pos_weight),
                &mut self.gradients,
            )
            .ok_or_else(|| {
                TchError::Torch(
                    "a batch is empty, reaches beyond the data, or lacks the level of its windows"
                        .to_owned(),
                )
            })
    }

    /// Logits of windows that end at `rows`, without dropout.
    pub fn logits(
        &mut self,
        model: &PatchTst,
        windows: &Windows,
        rows: &[i64],
    ) -> Result<Vec<f64>, TchError> {
        let samples = samples(windows, rows)?;
        let mut logits = vec![0.0; rows.len()];
        self.step
            .logits(values(model.flat())?, &samples, &mut logits)
            .map(|()| logits.into_iter().map(f64::from).collect())
            .ok_or_else(|| {
                TchError::Torch("windows reach beyond the data, or lack their level".to_owned())
            })
    }
}

/// Windows that end at `rows`, without labels.
fn samples<'a>(windows: &'a Windows, rows: &'a [i64]) -> Result<Samples<'a>, TchError> {
    Ok(Samples {
        data: values(windows.data())?,
        levels: windows.levels().map_or(Ok(&[][..]), values)?,
        rows,
        labels: &[],
        before: 0,
    })
}

/// A model trained by the fused kernels.
pub(super) struct Fused {
    model: PatchTst,
    optimizer: AdamW,
    kernels: FusedStep,
    /// Ranges of the parameters that weight decay acts on.
    decays: Vec<Range<usize>>,
    /// Gradients of the parts before, where a batch is split.
    sum: Vec<f32>,
}

impl Fused {
    pub(super) fn new(model: PatchTst, weight_decay: f64) -> Result<Self, TrainError> {
        let kernels = FusedStep::new(&model).ok_or_else(|| {
            TrainError::Data(
                "the fused CPU kernels are for `channels: mixed` and `precision: fp32` on a CPU; train this model by autograd"
                    .to_owned(),
            )
        })?;
        let optimizer = AdamW::new(&model, weight_decay)?;
        Ok(Self {
            decays: model.decays().collect(),
            model,
            optimizer,
            kernels,
            sum: Vec::new(),
        })
    }

    fn gradients(&mut self, batch: &Batch<'_>) -> Result<f64, TchError> {
        self.sum.clear();
        let mut value = 0.0;
        for part in batch.parts() {
            let mut rows = std::mem::take(&mut self.kernels.rows);
            let mut labels = std::mem::take(&mut self.kernels.labels);
            batch.samples(part.members, &mut rows, &mut labels);
            let kind = (batch.config.training.loss, batch.pos_weight);
            let samples = (rows.as_slice(), labels.as_slice());
            let loss =
                self.kernels
                    .loss(&self.model, batch.windows, samples, &part.dropout, kind)?;
            (self.kernels.rows, self.kernels.labels) = (rows, labels);
            if part.share == 1.0 {
                return Ok(loss);
            }
            value += loss * part.share;
            self.sum.resize(self.kernels.gradients.len(), 0.0);
            for (sum, gradient) in self.sum.iter_mut().zip(&self.kernels.gradients) {
                *sum += part.share as f32 * gradient;
            }
        }
        if !self.sum.is_empty() {
            std::mem::swap(&mut self.sum, &mut self.kernels.gradients);
        }
        Ok(value)
    }
}

impl Learner for Fused {
    fn step(&mut self, batch: &Batch<'_>, rate: f64) -> Result<Stepped, TchError> {
        let loss = self.gradients(batch)?;
        let stepped = Stepped {
            loss,
            norm: norm(self.kernels.step.executor(), &self.kernels.gradients),
        };
        if stepped.diverged(batch).is_none() {
            let clip_norm = batch.config.hyper.clip_norm;
            let gradients = (self.kernels.gradients.as_slice(), stepped.norm);
            let executor = self.kernels.step.executor();
            self.optimizer.fused_step(
                executor,
                &self.model,
                &self.decays,
                gradients,
                (rate, clip_norm),
            )?;
        }
        Ok(stepped)
    }

    fn logits(&mut self, windows: &Windows, rows: &[i64]) -> Result<Vec<f64>, TchError> {
        self.kernels.logits(&self.model, windows, rows)
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
    fn fused_step(
        &mut self,
        executor: &Executor,
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
            norm,
            step,
        };
        let mut flat = model.flat().shallow_clone();
        let (first, second) = self.buffers();
        rule.step(
            executor,
            &update,
            decays,
            values_mut(&mut flat)?,
            gradients,
            (values_mut(first)?, values_mut(second)?),
        );
        Ok(())
    }
}
