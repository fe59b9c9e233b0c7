//! A valid experiment with what is known about it.

use xp_spec::{
    experiment::Experiment,
    split::{Regions, Split},
};

use crate::finding::Finding;

/// A valid experiment with what is known about it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The resolved experiment.
    pub experiment: Experiment,
    /// Its spec hash; with those of the searches that it borrows from.
    pub hash: String,
    /// Equal for what is the same experiment, written differently.
    pub(crate) equivalence: String,
    /// First trading days of validation and test.
    pub(crate) borders: Split,
    /// Samples and labels of each region.
    pub regions: Regions,
    /// Exact parameter counts.
    pub model: ModelFacts,
    /// Searches whose results are borrowed.
    pub borrowed: Vec<Borrowed>,
    /// What the lints found, in order of the text.
    pub findings: Vec<Finding>,
    /// Files whose change must recompile the experiment, relative to the workspace.
    pub files: Vec<String>,
}

/// Exact counts of the shapes that an experiment may build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFacts {
    /// Smallest count within the budget.
    pub low: u64,
    /// Largest count within the budget.
    pub high: u64,
}

/// A search whose result is borrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borrowed {
    /// Its binary.
    pub binary: String,
    /// Its name in logs and paths.
    pub experiment: String,
    /// Its spec hash.
    pub hash: String,
    /// Its file, relative to the workspace.
    pub file: String,
}
