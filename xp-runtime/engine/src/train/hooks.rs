//! What the caller of a training sees and decides while it runs.

use super::{checkpoint::Checkpoint, flow::Flow, report::EpochReport};

/// What the caller sees of a running training.
pub trait Hooks {
    /// Before each batch: the place to pause for heat and to notice Ctrl-C. A stop leaves a checkpoint.
    fn before_batch(&mut self, epoch: u32, batch: u32, batches: u32) -> Flow;

    /// Between two batches of a validation pass. A stop leaves a checkpoint from which the pass is made again.
    fn during_validation(&mut self) -> Flow {
        Flow::Continue
    }

    /// After each epoch.
    fn after_epoch(&mut self, report: &EpochReport) -> Flow;

    /// Where the training keeps its state and resumes from, if at all.
    fn checkpoint(&self) -> Option<Checkpoint> {
        None
    }

    /// The training resumes from a checkpoint after these epochs and that many batches of the next.
    fn resumed(&mut self, _curve: &[EpochReport], _batches: u32) {}

    /// Something that the user must know and that does not end the training.
    fn warn(&mut self, _message: &str) {}
}
