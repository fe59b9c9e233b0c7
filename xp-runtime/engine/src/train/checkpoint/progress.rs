//! Where a training stands: all of its state but tensors. The field names are those of `checkpoint.json`.

use serde::{Deserialize, Serialize};

use crate::train::{monitor::Flag, report::EpochReport};

/// Where a training stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(in crate::train) struct Progress {
    /// The next batch's epoch and place in it, from 0.
    pub(in crate::train) epoch: u32,
    pub(in crate::train) batch: u32,
    /// Optimizer steps made: the position in the schedule.
    pub(in crate::train) step: u64,
    /// Of the running epoch: sum of losses by sample, samples, last learning rate, seconds.
    pub(in crate::train) loss_sum: f64,
    pub(in crate::train) seen: u64,
    pub(in crate::train) rate: f64,
    pub(in crate::train) epoch_seconds: f64,
    /// Seconds of training over all starts.
    pub(in crate::train) seconds: f64,
    /// Objective and epoch (from 1) of the selected weights.
    pub(in crate::train) best: Option<(f64, u32)>,
    /// The last epoch that was better by `min_delta`: patience counts from it, while any better epoch is selected.
    pub(in crate::train) improved: Option<(f64, u32)>,
    pub(in crate::train) curve: Vec<EpochReport>,
    pub(in crate::train) flags: Vec<Flag>,
}
