//! What the caller of a training sees and decides while it runs.

use super::{checkpoint::Checkpoint, flow::Flow, report::Evaluation};

/// What the caller sees of a running training.
pub trait Hooks {
    /// Before each step, with the steps made and the passes over the training samples that they are: the place to pause for heat and to
    /// notice Ctrl-C. A stop leaves a checkpoint.
    fn before_step(&mut self, step: u32, epoch: f64) -> Flow;

    /// Between two batches of a validation pass. A stop leaves a checkpoint from which the pass is made again.
    fn during_validation(&mut self) -> Flow {
        Flow::Continue
    }

    /// After each evaluation.
    fn after_evaluation(&mut self, evaluation: &Evaluation) -> Flow;

    /// Where the training keeps its state and resumes from, if at all.
    fn checkpoint(&self) -> Option<Checkpoint> {
        None
    }

    /// The training resumes from a checkpoint after these evaluations and that many steps.
    fn resumed(&mut self, _curve: &[Evaluation], _step: u32) {}

    /// Something that the user must know and that does not end the training.
    fn warn(&mut self, _message: &str) {}
}
