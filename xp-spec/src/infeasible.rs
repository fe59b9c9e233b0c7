//! Something that a run cannot do.

/// Something that a run cannot do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Infeasible {
    /// The key to blame.
    pub key: &'static str,
    /// What cannot be done, with the numbers.
    pub message: String,
    /// What to do.
    pub remedy: String,
}
