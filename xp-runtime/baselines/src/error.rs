//! Why a baseline is missing.

/// A baseline that could not be fitted; the others and the run go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the baseline `{baseline}` could not be fitted: {cause}")]
pub struct BaselineError {
    /// Which one, by its name in the grammar.
    pub baseline: &'static str,
    /// Why.
    pub cause: String,
}
