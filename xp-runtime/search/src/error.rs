//! Why no point can be suggested. It lies below the search space and the samplers, which return it.

/// No point can be suggested.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuggestError {
    /// Every point was evaluated or is running.
    #[error(
        "the search space is exhausted: all of its {points} points were tried; widen the space or end the search here"
    )]
    SpaceExhausted {
        /// Number of points of the space, or of the grid.
        points: u64,
    },
    /// A domain that holds no value.
    #[error("the domain of `{parameter}` cannot be sampled: {reason}")]
    InvalidDomain {
        /// Its name.
        parameter: String,
        /// What is wrong.
        reason: String,
    },
    /// A trial that was made in another space.
    #[error(
        "{trial} does not belong to this search space: {reason}; leave such trials out or start a new study"
    )]
    ForeignTrial {
        /// Which trial.
        trial: String,
        /// Where it differs.
        reason: String,
    },
}
