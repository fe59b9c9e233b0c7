//! What a search or a training leaves for the report.

use std::{fmt, path::PathBuf};

use xp_report::record::RunRecord;

use super::facts::RowValues;

/// What a search or training leaves.
#[derive(Debug)]
pub struct Finished {
    /// A search's row and record; a training has logged each seed the moment it ended.
    pub(crate) search: Option<(RowValues, RunRecord)>,
    /// Files that must be there.
    pub(crate) files: Vec<PathBuf>,
    pub(crate) conclusion: Conclusion,
    /// What keeps other processes of a shared study from writing its results, until they are written.
    pub(crate) claim: Option<Box<dyn fmt::Debug>>,
}

impl Finished {
    /// Nothing was computed or is to be logged, for the reason of the conclusion.
    pub(crate) fn without_results(conclusion: Conclusion) -> Self {
        Self {
            search: None,
            files: Vec::new(),
            conclusion,
            claim: None,
        }
    }
}

/// How a search or training ended; messages are for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conclusion {
    /// All that is declared has run.
    Complete,
    /// Fewer trials were asked for, and have ended, than the experiment declares.
    Partial,
    /// Time ended a search before its trials.
    TimedOut(String),
    /// An earlier run has finished everything.
    AlreadyFinished(String),
    /// Seeds diverged; the rows of all seeds are in the log.
    Diverged(String),
}
