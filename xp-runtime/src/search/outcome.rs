//! Why the loop of a search ended.

use serde::{Deserialize, Serialize};

use crate::guard::reason::{HEAT, INTERRUPT, SENSOR_LOST, TIMEOUT};

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SearchOutcome {
    /// All trials that were wanted have ended.
    Done,
    /// Every point of the space was tried.
    Exhausted { points: u64 },
    /// Other processes of the study train its last trials, and one of them writes the results.
    LeftToOthers,
    /// It was stopped.
    Stopped(Stop),
}

/// Why trials are stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub(super) enum Stop {
    /// Ctrl-C or SIGTERM.
    Interrupt,
    /// It is too hot.
    Heat,
    /// A sensor that is required has been lost.
    SensorLost,
    /// The time of this run is up.
    Timeout,
}

impl Stop {
    /// As the reason of the engine's `Flow::Stop`.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Interrupt => INTERRUPT,
            Self::Heat => HEAT,
            Self::SensorLost => SENSOR_LOST,
            Self::Timeout => TIMEOUT,
        }
    }

    /// The stop of a reason; an unknown one is an interrupt.
    pub(super) fn of_reason(reason: &str) -> Self {
        match reason {
            HEAT => Self::Heat,
            SENSOR_LOST => Self::SensorLost,
            TIMEOUT => Self::Timeout,
            _ => Self::Interrupt,
        }
    }
}
