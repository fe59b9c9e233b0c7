//! Why no temperature is known, with its text for people. It judges no reading.

use std::fmt;

/// Why no temperature is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensorFault {
    /// No sensor answers.
    Absent,
    /// Sensors answer, with implausible numbers.
    Implausible,
    /// All readings have been constant for a quarter of an hour, or an hour in whole degrees.
    Frozen,
    /// The hottest chip has stopped answering, while cooler ones answer.
    Lost,
    /// Reading the sensors has not returned for some seconds: a driver hangs.
    Unresponsive,
}

impl fmt::Display for SensorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "no sensor answers",
            Self::Implausible => "no reading is above 0 and at most 125 °C",
            Self::Frozen => {
                "the readings have not changed for 15 minutes, or an hour in whole degrees"
            }
            Self::Lost => "the hottest sensor has stopped answering, others answer",
            Self::Unresponsive => "reading the sensors hangs",
        })
    }
}
