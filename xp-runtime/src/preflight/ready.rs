//! What pre-flight hands to the stages after it.

use std::path::PathBuf;

use xp_baselines::Checked as Signal;
use xp_host::process_lock::ProcessLock;

use super::resolve::Resolved;
use crate::journal::Heat;

/// A run that may begin: its folder is locked for this process until this is dropped.
#[derive(Debug)]
pub struct Ready {
    /// Hyperparameters of a training, read once: a search that goes on meanwhile must not change them. Absent for a search.
    pub(crate) resolved: Option<Resolved>,
    /// What the signal check found; absent where it could not be made.
    pub(crate) signal: Option<Signal>,
    /// Folder of an earlier search whose trials this one adopts.
    pub(crate) continues: Option<PathBuf>,
    /// Bytes that the largest training holds; absent where they are the device's, or no shape is known.
    pub(crate) memory_estimate: Option<u64>,
    /// Temperatures and waiting time of pre-flight: part of the first row's.
    pub(crate) heat: Heat,
    pub(super) _lock: ProcessLock,
}
