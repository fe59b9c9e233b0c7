//! What an experiment wants of the machine: device and thermal limits. They change no result and are not part of the spec hash.

use serde::{Deserialize, Serialize};

choices! {
    /// Where tensors live.
    devices: DeviceChoice, default Auto {
        /// CUDA where there is one, else the CPU.
        auto => Auto,
        /// The CPU.
        cpu => Cpu,
        /// The first CUDA device; a machine without one is refused.
        cuda => Cuda,
    }
}

/// Temperature at which a machine counts as ACCEPTABLE instead of NORMAL, °C.
pub const ACCEPTABLE: f64 = 70.0;

/// Limits of the thermal guard, °C.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thermal {
    /// Whether a machine without a temperature sensor is refused.
    pub required: bool,
    /// Work pauses above it.
    pub pause_above: f64,
    /// Paused work resumes below it.
    pub resume_below: f64,
    /// Work ends with a checkpoint above it.
    pub abort_above: f64,
}

impl Default for Thermal {
    fn default() -> Self {
        Self {
            required: false,
            pause_above: 85.0,
            resume_below: 80.0,
            abort_above: 95.0,
        }
    }
}

impl Thermal {
    /// Lowest and highest limit, °C: below it a machine never works, above it silicon does not.
    pub const RANGE: (f64, f64) = (30.0, 110.0);

    /// Whether the limits make sense; the error has the limit at fault and the reason.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let (low, high) = Self::RANGE;
        for (name, value) in [
            ("pause_above", self.pause_above),
            ("resume_below", self.resume_below),
            ("abort_above", self.abort_above),
        ] {
            if !(low..=high).contains(&value) {
                return Err((
                    name,
                    format!("`{name}` must be from {low} to {high} °C, found {value}"),
                ));
            }
        }
        if self.resume_below >= self.pause_above {
            return Err((
                "resume_below",
                format!(
                    "work would resume below {} °C and pause above {} °C at once",
                    self.resume_below, self.pause_above
                ),
            ));
        }
        if self.abort_above <= self.pause_above {
            return Err((
                "abort_above",
                format!(
                    "work would end above {} °C before it pauses above {} °C",
                    self.abort_above, self.pause_above
                ),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_keep_their_order() {
        let limits = |pause_above, resume_below, abort_above| Thermal {
            required: false,
            pause_above,
            resume_below,
            abort_above,
        };
        for (thermal, fault) in [
            (Thermal::default(), None),
            (limits(75.0, 70.0, 90.0), None),
            (limits(85.0, 85.0, 95.0), Some("resume_below")),
            (limits(85.0, 80.0, 85.0), Some("abort_above")),
            (limits(850.0, 80.0, 95.0), Some("pause_above")),
            (limits(85.0, f64::NAN, 95.0), Some("resume_below")),
        ] {
            assert_eq!(
                thermal.check().err().map(|(name, _)| name),
                fault,
                "{thermal:?}"
            );
        }
    }
}
