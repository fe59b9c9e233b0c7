//! What is known of an experiment.

use crate::{slurm::Job, study_status::Study};

/// An experiment, its study or why there is none, and its jobs.
pub(super) struct Shown<'a> {
    pub(super) name: &'a str,
    pub(super) study: Result<Study, &'static str>,
    pub(super) jobs: Vec<&'a Job>,
}
