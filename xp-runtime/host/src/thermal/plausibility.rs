//! Plausibility of readings: a sensor that is absent, implausible, frozen or lost is *unknown*, never cool (F26). Pure: the time is passed
//! in.

use std::{collections::BTreeMap, time::Duration};

use super::{fault::SensorFault, source::Reading};

/// Readings that are exactly constant for so long are no measurement: the temperature of a machine that computes varies in its last digit.
const FROZEN: Duration = Duration::from_secs(15 * 60);
/// The same for a chip that reports whole degrees, as GPUs do.
const FROZEN_WHOLE: Duration = Duration::from_secs(60 * 60);

/// The highest plausible reading, °C: chips switch themselves off before it, and 127, 128 and 255 are what registers of eight bits hold where
/// nothing answers.
const HOTTEST: f64 = 125.0;

/// A plausible reading. Sensors that fail report 0 or −1 (F26), and a running computer is warmer.
pub(crate) fn plausible(celsius: f64) -> Option<f64> {
    (celsius > 0.0 && celsius <= HOTTEST).then_some(celsius)
}

/// The temperature as far as the readings are plausible.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assessment {
    /// The hottest plausible reading, °C.
    pub celsius: Option<f64>,
    /// Why it may not be the temperature of the machine.
    pub fault: Option<SensorFault>,
}

impl Assessment {
    /// What may be acted upon, °C: a reading above `alarm` always, a cooler one only where there is no fault.
    pub fn usable(&self, alarm: f64) -> Option<f64> {
        self.celsius
            .filter(|celsius| self.fault.is_none() || *celsius > alarm)
    }
}

/// Readings of one chip so far.
#[derive(Debug, Clone)]
struct Chip {
    last: Vec<f64>,
    /// When its readings last changed, and whether they ever did: a few chips report a constant forever.
    changed_at: Duration,
    has_changed: bool,
    /// Its hottest plausible reading, of the last time that there was one.
    hottest: f64,
    answers: bool,
    /// Whether it was the hottest of all when it stopped answering.
    was_hottest: bool,
}

/// Readings of all chips so far.
#[derive(Debug, Clone, Default)]
pub struct Plausibility {
    chips: BTreeMap<String, Chip>,
}

impl Plausibility {
    /// Assesses readings, `now` after the start.
    pub fn assess(&mut self, readings: &[Reading], now: Duration) -> Assessment {
        let mut by_chip: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for reading in readings {
            by_chip
                .entry(&reading.chip)
                .or_default()
                .push(reading.celsius);
        }
        for (name, values) in &by_chip {
            self.record(name, values, now);
        }
        let reading_of = |name: &str| {
            let values = by_chip.get(name).into_iter().flatten();
            values.copied().filter_map(plausible).reduce(f64::max)
        };
        let is_constant = |chip: &Chip| {
            let whole = chip.last.iter().all(|celsius| celsius.fract() == 0.0);
            let most = if whole { FROZEN_WHOLE } else { FROZEN };
            now.saturating_sub(chip.changed_at) >= most
        };
        let answering: Vec<(String, f64)> = self
            .chips
            .iter()
            .filter(|(_, chip)| !(chip.has_changed && is_constant(chip)))
            .filter_map(|(name, _)| Some((name.clone(), reading_of(name)?)))
            .collect();
        let hottest = answering.iter().map(|(_, c)| *c).reduce(f64::max);
        for (name, chip) in &mut self.chips {
            let reading = answering.iter().find(|(other, _)| other == name);
            match reading {
                Some((_, celsius)) => {
                    (chip.hottest, chip.answers, chip.was_hottest) = (*celsius, true, false);
                }
                None if chip.answers => {
                    chip.answers = false;
                    chip.was_hottest = hottest.is_none_or(|others| chip.hottest >= others);
                }
                None => {}
            }
        }
        let any_changes = self
            .chips
            .iter()
            .any(|(name, chip)| by_chip.contains_key(name.as_str()) && !is_constant(chip));
        let any_plausible = by_chip.keys().any(|name| reading_of(name).is_some());
        let fault = if readings.is_empty() {
            Some(SensorFault::Absent)
        } else if !any_plausible {
            Some(SensorFault::Implausible)
        } else if !any_changes {
            Some(SensorFault::Frozen)
        } else {
            let lost = self.chips.values().any(|chip| chip.was_hottest);
            lost.then_some(SensorFault::Lost)
        };
        Assessment {
            celsius: hottest.filter(|_| any_changes),
            fault,
        }
    }

    fn record(&mut self, name: &str, values: &[f64], now: Duration) {
        match self.chips.get_mut(name) {
            None => {
                let chip = Chip {
                    last: values.to_vec(),
                    changed_at: now,
                    has_changed: false,
                    hottest: f64::NEG_INFINITY,
                    answers: false,
                    was_hottest: false,
                };
                self.chips.insert(name.to_owned(), chip);
            }
            Some(chip) if chip.last != values => {
                chip.last = values.to_vec();
                chip.changed_at = now;
                chip.has_changed = true;
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Readings of chips named by their position; absent ones do not answer.
    fn of(celsius: &[Option<f64>]) -> Vec<Reading> {
        let chips = celsius.iter().enumerate();
        chips
            .filter_map(|(chip, celsius)| {
                Some(Reading {
                    chip: format!("hwmon{chip}"),
                    celsius: (*celsius)?,
                })
            })
            .collect()
    }

    #[test]
    fn only_what_can_be_is_believed() {
        for (readings, celsius, fault) in [
            (vec![], None, Some(SensorFault::Absent)),
            (vec![-1.0], None, Some(SensorFault::Implausible)),
            (vec![0.0, f64::NAN], None, Some(SensorFault::Implausible)),
            (
                vec![-273.15, 127.0, 128.0, 255.0, f64::INFINITY],
                None,
                Some(SensorFault::Implausible),
            ),
            (vec![-1.0, 45.0, 61.5, 200.0], Some(61.5), None),
        ] {
            let readings_of_chips: Vec<Option<f64>> = readings.iter().copied().map(Some).collect();
            assert_eq!(
                Plausibility::default().assess(&of(&readings_of_chips), Duration::ZERO),
                Assessment { celsius, fault },
                "{readings:?}"
            );
        }
    }

    /// Minutes, readings of two chips, and the assessment.
    type Step = (u64, [Option<f64>; 2], Option<f64>, Option<SensorFault>);

    fn follow(steps: &[Step]) {
        let mut plausibility = Plausibility::default();
        for (minutes, readings, celsius, fault) in steps {
            let (celsius, fault) = (*celsius, *fault);
            assert_eq!(
                plausibility.assess(&of(readings), Duration::from_secs(60 * minutes)),
                Assessment { celsius, fault },
                "minute {minutes}"
            );
        }
    }

    #[test]
    fn frozen_sensors_are_unknown_until_one_moves() {
        let constant = Some(60.0);
        follow(&[
            (0, [Some(27.8), constant], constant, None),
            (14, [Some(27.8), constant], constant, None),
            (15, [Some(27.8), constant], constant, None),
            (60, [Some(27.8), constant], None, Some(SensorFault::Frozen)),
            (90, [Some(27.8), constant], None, Some(SensorFault::Frozen)),
            // One that changes is enough where the other has been constant all the time.
            (91, [Some(27.9), constant], constant, None),
            (105, [Some(27.9), constant], constant, None),
        ]);
    }

    #[test]
    fn a_lost_sensor_is_missed_where_it_was_the_hottest() {
        let lost = Some(SensorFault::Lost);
        follow(&[
            (0, [Some(40.0), Some(72.0)], Some(72.0), None),
            (1, [Some(41.0), None], Some(41.0), lost),
            (2, [Some(42.0), Some(-1.0)], Some(42.0), lost),
            (3, [Some(43.0), Some(71.0)], Some(71.0), None),
            // The cooler one may disappear.
            (4, [None, Some(70.0)], Some(70.0), None),
            (5, [Some(39.0), Some(70.5)], Some(70.5), None),
            // One that changed before and is constant while another changes has failed.
            (19, [Some(39.5), Some(70.5)], Some(70.5), None),
            (20, [Some(39.6), Some(70.5)], Some(39.6), lost),
            (21, [Some(39.7), Some(70.4)], Some(70.4), None),
        ]);
    }

    #[test]
    fn a_cool_rest_is_not_known_and_a_hot_one_is() {
        for (celsius, fault, usable) in [
            (Some(50.0), None, Some(50.0)),
            (Some(50.0), Some(SensorFault::Lost), None),
            (Some(90.0), Some(SensorFault::Lost), Some(90.0)),
            (None, Some(SensorFault::Absent), None),
        ] {
            assert_eq!(Assessment { celsius, fault }.usable(85.0), usable);
        }
    }
}
