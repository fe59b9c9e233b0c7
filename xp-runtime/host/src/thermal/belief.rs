//! Which readings are believed: a sensor that is absent, talks nonsense or has frozen is *unknown*, never cool (F26). Pure: the clock
//! is passed in.

use std::{fmt, time::Duration};

/// Exactly the same readings for so long are no measurement: a machine that works does not keep its temperature to the last digit.
const FROZEN: Duration = Duration::from_secs(15 * 60);

/// Why no temperature is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No sensor answers.
    Absent,
    /// Sensors answer, with numbers that cannot be.
    Nonsense,
    /// All sensors have said exactly the same for a quarter of an hour.
    Frozen,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "no sensor answers",
            Self::Nonsense => "the sensors say nothing above 0 and at most 150 °C",
            Self::Frozen => "the sensors have not moved for 15 minutes",
        })
    }
}

/// A reading that can be believed: above 0 and at most 150 °C. Sensors that fail say 0 or −1 (F26), and a computer that works is warmer.
pub(crate) fn plausible(celsius: f64) -> Option<f64> {
    (celsius > 0.0 && celsius <= 150.0).then_some(celsius)
}

/// What has been read so far.
#[derive(Debug, Clone, Default)]
pub struct Belief {
    last: Vec<f64>,
    /// When the readings last moved.
    moved: Duration,
}

impl Belief {
    /// The hottest believable reading, °C, `now` after the start.
    pub fn hottest(&mut self, readings: Vec<f64>, now: Duration) -> Result<f64, Doubt> {
        let hottest = readings
            .iter()
            .copied()
            .filter_map(plausible)
            .reduce(f64::max);
        let absent = readings.is_empty();
        if readings != self.last {
            self.last = readings;
            self.moved = now;
        }
        match hottest {
            None if absent => Err(Doubt::Absent),
            None => Err(Doubt::Nonsense),
            Some(_) if now.saturating_sub(self.moved) >= FROZEN => Err(Doubt::Frozen),
            Some(celsius) => Ok(celsius),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_is_believed() {
        for (readings, expected) in [
            (vec![], Err(Doubt::Absent)),
            (vec![-1.0], Err(Doubt::Nonsense)),
            (vec![0.0, f64::NAN], Err(Doubt::Nonsense)),
            (vec![-40.0, 151.0, f64::INFINITY], Err(Doubt::Nonsense)),
            (vec![-1.0, 45.0, 61.5, 200.0], Ok(61.5)),
        ] {
            assert_eq!(
                Belief::default().hottest(readings.clone(), Duration::ZERO),
                expected,
                "{readings:?}"
            );
        }
    }

    #[test]
    fn frozen_sensors_are_unknown_until_one_moves() {
        let mut belief = Belief::default();
        let mut at = |minutes: u64, readings: &[f64]| {
            belief.hottest(readings.to_vec(), Duration::from_secs(60 * minutes))
        };
        assert_eq!(at(0, &[27.8, 60.0]), Ok(60.0));
        assert_eq!(at(14, &[27.8, 60.0]), Ok(60.0));
        assert_eq!(at(15, &[27.8, 60.0]), Err(Doubt::Frozen));
        assert_eq!(at(90, &[27.8, 60.0]), Err(Doubt::Frozen));
        // One that moves is enough: the others may be steady.
        assert_eq!(at(91, &[27.9, 60.0]), Ok(60.0));
        assert_eq!(at(105, &[27.9, 60.0]), Ok(60.0));
    }
}
