//! What the caller of a training sees and decides while it runs.

use super::{checkpoint::Checkpoint, report::EpochReport};

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Go,
    /// Stop now, for this reason.
    Stop(&'static str),
    /// End with the best epoch so far, as if patience had run out; after an epoch only.
    Enough,
}

/// What the caller sees of a running training.
pub trait Hooks {
    /// Before each batch: the place to pause for heat and to notice Ctrl-C. A stop leaves a checkpoint.
    fn before_batch(&mut self, epoch: u32, batch: u32, batches: u32) -> Flow;

    /// Between two batches of a validation pass. A stop leaves a checkpoint from which the pass is made again.
    fn while_judging(&mut self) -> Flow {
        Flow::Go
    }

    /// After each epoch.
    fn after_epoch(&mut self, report: &EpochReport) -> Flow;

    /// Where the training keeps its state and goes on from, if at all.
    fn checkpoint(&self) -> Option<Checkpoint> {
        None
    }

    /// The training goes on from a checkpoint after these epochs and that many batches of the next.
    fn resumed(&mut self, _curve: &[EpochReport], _batches: u32) {}

    /// Something that the user must know and that does not end the training.
    fn warn(&mut self, _message: &str) {}
}
