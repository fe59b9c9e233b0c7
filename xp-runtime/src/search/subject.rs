//! What a search is made of: the part of the experiment that searches, the data, and what its best trial is compared with.

use std::{path::PathBuf, time::Instant};

use xp_baselines::Checked;
use xp_spec::experiment::Hpo;

use crate::data::Data;

/// A search of an experiment.
pub(super) struct Search<'a> {
    pub(super) hpo: &'a Hpo,
    pub(super) data: &'a Data,
    /// What the best trial is compared with.
    pub(super) signal: Option<&'a Checked>,
    pub(super) best_file: PathBuf,
    pub(super) started: Instant,
}
