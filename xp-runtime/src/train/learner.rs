//! What makes one optimizer step of a batch. The loop knows no gradients; whoever computes them is behind this trait.

use tch::{TchError, Tensor};
use xp_spec::training::Loss;

use super::{
    fit::FitConfig,
    monitor::{Divergence, divergence},
    windows::{Region, Windows},
};
use crate::model::{Dropout, PatchTst};

/// One batch of training samples.
pub(super) struct Batch<'a> {
    pub(super) windows: &'a Windows,
    pub(super) train: &'a Region,
    /// Samples of the region.
    pub(super) members: &'a [usize],
    pub(super) config: &'a FitConfig,
    /// Epoch and batch in it, from 0: what dropout is keyed by.
    pub(super) place: (u64, u64),
    /// Negatives / positives of train.
    pub(super) pos_weight: f64,
}

/// A part of a batch that goes through the model at once.
pub(super) struct Part<'a> {
    pub(super) members: &'a [usize],
    /// Its share of the batch; exactly 1 where the batch is not split.
    pub(super) share: f64,
    pub(super) dropout: Dropout,
}

impl<'a> Batch<'a> {
    /// The parts of the batch, as many as `accumulation` says.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'a>> {
        let (members, config, (epoch, batch)) = (self.members, self.config, self.place);
        let parts = config.training.accumulation;
        let size = members.len().div_ceil(parts.max(1) as usize).max(1);
        members
            .chunks(size)
            .enumerate()
            .map(move |(part, chunk)| Part {
                members: chunk,
                share: if chunk.len() == members.len() {
                    1.0
                } else {
                    chunk.len() as f64 / members.len() as f64
                },
                dropout: Dropout {
                    encoder: config.hyper.dropout,
                    head: config.hyper.head_dropout,
                    seed: config.seed,
                    epoch,
                    batch,
                    part: ((part * size) as u64, chunk.len() as u64),
                },
            })
    }

    /// How much larger than an unweighted loss the training loss may be: a rare positive weighs as all its negatives.
    fn loss_scale(&self) -> f64 {
        match self.config.training.loss {
            Loss::WeightedBce => self.pos_weight.max(1.0),
            Loss::Bce | Loss::Focal(_) | Loss::SoftAuc => 1.0,
        }
    }

    /// Rows and labels of some samples, into buffers that are used again.
    pub(super) fn samples(&self, members: &[usize], rows: &mut Vec<i64>, labels: &mut Vec<f32>) {
        rows.clear();
        rows.extend(
            members
                .iter()
                .filter_map(|&sample| self.train.rows.get(sample)),
        );
        labels.clear();
        labels.extend(
            members
                .iter()
                .filter_map(|&sample| self.train.labels.get(sample)),
        );
    }

    /// Windows `[batch, context, features]` and labels `[batch]` of some samples.
    pub(super) fn tensors(&self, members: &[usize]) -> Result<(Tensor, Tensor), TchError> {
        let (mut rows, mut labels) = (Vec::new(), Vec::new());
        self.samples(members, &mut rows, &mut labels);
        let labels = Tensor::f_from_slice(&labels)?.f_to_device(self.windows.device())?;
        Ok((self.windows.gather(&rows)?, labels))
    }
}

/// What a step found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stepped {
    /// Mean training loss of the batch, before the step.
    pub(super) loss: f64,
    /// Global norm of its gradients, before clipping.
    pub(super) norm: f64,
}

impl Stepped {
    /// Whether the step says that the training is lost (F30); then the weights were left as they were.
    pub(super) fn diverged(&self, batch: &Batch<'_>) -> Option<Divergence> {
        divergence(self.loss, self.norm, batch.loss_scale())
    }
}

/// A model that learns batch by batch.
pub(super) trait Learner {
    /// One step; the weights stay as they are where it diverges.
    fn step(&mut self, batch: &Batch<'_>, rate: f64) -> Result<Stepped, TchError>;

    fn model(&self) -> &PatchTst;

    fn into_model(self: Box<Self>) -> PatchTst;

    /// Names and storage of the optimizer's moments, for a checkpoint to read and write.
    fn moments(&self) -> Vec<(String, Tensor)>;

    /// Tells the optimizer how many steps it has made, after its moments were read.
    fn set_steps(&mut self, steps: u64);

    /// Whether the best weights are too large for memory: they go to the checkpoint's folder, where there is one.
    fn best_on_disk(&self) -> bool {
        false
    }
}
