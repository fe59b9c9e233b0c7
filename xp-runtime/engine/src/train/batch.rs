//! One batch of training samples, and the parts in which it goes through a model.

use tch::{TchError, Tensor};

use super::{
    config::FitConfig,
    loss::loss_scale,
    windows::{Region, Windows},
};
use crate::model::{Dropout, Inputs};

/// One batch of training samples.
pub(super) struct Batch<'a> {
    pub(super) windows: &'a Windows,
    pub(super) train: &'a Region,
    /// Samples of the region.
    pub(super) members: &'a [usize],
    pub(super) config: &'a FitConfig,
    /// Epoch and batch in it, from 0: what dropout is keyed by.
    pub(super) position: (u64, u64),
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
        let (members, config, (epoch, batch)) = (self.members, self.config, self.position);
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

    /// How much larger than an unweighted loss the training loss may be.
    pub(super) fn loss_scale(&self) -> f64 {
        loss_scale(self.config.training.loss, self.pos_weight)
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

    /// Inputs and labels `[batch]` of some samples.
    pub(super) fn tensors(&self, members: &[usize]) -> Result<(Inputs, Tensor), TchError> {
        let (mut rows, mut labels) = (Vec::new(), Vec::new());
        self.samples(members, &mut rows, &mut labels);
        let labels = Tensor::f_from_slice(&labels)?.f_to_device(self.windows.device())?;
        Ok((self.windows.gather(&rows)?, labels))
    }
}
