//! Where a training stands: all of its state but tensors. The field names are those of `checkpoint.json`.

use serde::{Deserialize, Serialize};

use crate::train::{monitor::Flag, report::Evaluation};

/// Where a training stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(in crate::train) struct Progress {
    /// Optimizer steps made: the position in schedule, epoch and order of the data.
    pub(in crate::train) step: u32,
    /// Since the last evaluation: sum of losses by sample, samples, last learning rate, seconds of steps.
    pub(in crate::train) loss_sum: f64,
    pub(in crate::train) seen: u64,
    pub(in crate::train) rate: f64,
    pub(in crate::train) step_seconds: f64,
    /// Seconds of training over all starts.
    pub(in crate::train) seconds: f64,
    /// Objective and step of the selected weights.
    pub(in crate::train) best: Option<(f64, u32)>,
    /// Objective and number (from 1) of the last evaluation that was better by `min_delta`: patience counts from it, while any better one
    /// is selected.
    pub(in crate::train) improved: Option<(f64, u32)>,
    pub(in crate::train) curve: Vec<Evaluation>,
    pub(in crate::train) flags: Vec<Flag>,
}

impl Progress {
    /// Evaluations made.
    pub(in crate::train) fn evaluations(&self) -> u32 {
        self.curve.len() as u32
    }
}
