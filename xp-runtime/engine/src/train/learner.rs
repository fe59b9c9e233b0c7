//! What makes one optimizer step of a batch. The loop knows no gradients; whoever computes them is behind this trait.

use tch::{TchError, Tensor};

use super::{
    batch::Batch,
    logits::tensor_logits,
    monitor::{Divergence, divergence},
    windows::Windows,
};
use crate::model::PatchTst;

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

    /// Logits of the windows that end at `rows`, without dropout.
    fn logits(&mut self, windows: &Windows, rows: &[i64]) -> Result<Vec<f64>, TchError> {
        tensor_logits(self.model(), windows, rows)
    }

    fn model(&self) -> &PatchTst;

    fn into_model(self: Box<Self>) -> PatchTst;

    /// Names and storage of the optimizer's moments, for a checkpoint to read and write.
    fn moments(&self) -> Vec<(String, Tensor)>;

    /// Tells the optimizer how many steps it has made, after its moments were read.
    fn set_steps(&mut self, steps: u64);

    /// Whether the best weights are too large for memory: they go to the checkpoint's folder, where there is one.
    fn keeps_best_on_disk(&self) -> bool {
        false
    }
}
