//! The outcome of a trial. It writes nothing.

use crate::trial::TrialState;

/// How a trial ended, as its worker reports it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// With a value, in the objective's own direction; one that is not finite is stored as `Nan`.
    Complete {
        /// The objective.
        value: f64,
    },
    /// Stopped by a pruner; its value is the last finite one that it reported.
    Pruned,
    /// By an error.
    Failed {
        /// What happened.
        message: String,
    },
    /// Its loss or objective was not finite.
    Nan,
    /// Memory did not suffice.
    OutOfMemory,
    /// It exceeded its time limit.
    TimedOut,
    /// The thermal guard ended it.
    Thermal,
    /// The user or a signal ended it.
    Interrupted,
}

impl Outcome {
    /// The state in which it leaves the trial.
    pub fn state(&self) -> TrialState {
        match self {
            Self::Complete { value } if value.is_finite() => TrialState::Complete,
            Self::Complete { .. } | Self::Nan => TrialState::Nan,
            Self::Pruned => TrialState::Pruned,
            Self::Failed { .. } => TrialState::Failed,
            Self::OutOfMemory => TrialState::OutOfMemory,
            Self::TimedOut => TrialState::TimedOut,
            Self::Thermal => TrialState::Thermal,
            Self::Interrupted => TrialState::Interrupted,
        }
    }
}
