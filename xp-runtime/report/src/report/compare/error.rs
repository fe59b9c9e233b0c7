//! Why two things could not be compared.

use crate::log::LogError;

/// A comparison that would mean nothing, or names that are not known.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// No run has that name.
    #[error("there is no run of `{name}` in outputs/results/experiment_log.csv{help}")]
    Unknown {
        /// What was given.
        name: String,
        /// The nearest name, or where names are.
        help: String,
    },
    /// There are runs, and none that can be compared.
    #[error("`{name}` has no finished run with predictions: {why}")]
    WithoutPredictions {
        /// What was given.
        name: String,
        /// What its runs lack.
        why: String,
    },
    /// Several experiments have that name.
    #[error("`{name}` is the name of several experiments: {found}; name one of them")]
    Ambiguous {
        /// What was given.
        name: String,
        /// The experiments.
        found: String,
    },
    /// What is predicted differs.
    #[error(
        "`{a}` and `{b}` predict different things, so that a difference of their losses means nothing: {what}"
    )]
    AnotherQuestion {
        /// One.
        a: String,
        /// The other.
        b: String,
        /// What differs, with both values.
        what: String,
    },
    /// Seeds that do not pair.
    #[error(
        "`{a}` has the seeds {ours}, `{b}` {theirs}: no seed is in both; name one of each, such as `{a}@{first}`"
    )]
    NoCommonSeed {
        /// One.
        a: String,
        /// The other.
        b: String,
        /// Seeds of the one.
        ours: String,
        /// Seeds of the other.
        theirs: String,
        /// A seed of the one.
        first: u64,
    },
    /// No day was predicted by both.
    #[error("no day of {region} was predicted by all of the compared runs: {days}")]
    NoCommonDay {
        /// Validation or test.
        region: &'static str,
        /// First and last day of each side.
        days: String,
    },
    /// The same day has two labels.
    #[error(
        "the labels of {count} common days of {region} differ, first on {day}: the runs are of different prices or tasks"
    )]
    OtherLabels {
        /// Validation or test.
        region: &'static str,
        /// How many.
        count: usize,
        /// The first.
        day: String,
    },
}
