//! How a run ends that does not succeed, with its exit code and its status in the log.

use xp_report::log::Status;
use xp_spec::exit_code;

/// A run that ended early or badly. The message says what happened, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// An error; nothing earlier is lost.
    #[error("{0}")]
    Failed(String),
    /// Heat; a checkpoint or the study keeps what was finished.
    #[error("{0}")]
    Thermal(String),
    /// Ctrl-C, or a signal of a batch system.
    #[error("{0}")]
    Interrupted(String),
    /// Its time is up.
    #[error("{0}")]
    Incomplete(String),
    /// Its time is up, and another process writes the row.
    #[error("{0}")]
    TimeUp(String),
    /// Nothing is wrong and there is nothing to do: no row is written.
    #[error("{0}")]
    NothingToDo(String),
}

impl RunError {
    /// An error of any kind as a failure.
    pub fn failed(cause: impl std::fmt::Display) -> Self {
        Self::Failed(cause.to_string())
    }

    /// Its status in the log; absent where no row is written.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::Failed(_) => Some(Status::Failed),
            Self::Thermal(_) => Some(Status::ThermalAbort),
            Self::Interrupted(_) => Some(Status::Interrupted),
            Self::Incomplete(_) => Some(Status::Incomplete),
            Self::TimeUp(_) | Self::NothingToDo(_) => None,
        }
    }

    /// Exit code: 1 failed, 3 incomplete, 4 heat, 75 interrupted by a batch system, 130 by a user, 0 nothing to do.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Incomplete(_) | Self::TimeUp(_) => exit_code::INCOMPLETE,
            Self::Thermal(_) => exit_code::THERMAL,
            Self::Interrupted(_) => xp_host::interrupt::exit_code(),
            Self::NothingToDo(_) => 0,
        }
    }
}
