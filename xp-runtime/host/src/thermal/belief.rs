//! Which readings are believed: a sensor that is absent, talks nonsense, has frozen or was lost is *unknown*, never cool (F26). Pure: the
//! clock is passed in.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::source::Reading;

/// Exactly the same readings for so long are no measurement: a machine that works does not keep its temperature to the last digit.
const FROZEN: Duration = Duration::from_secs(15 * 60);
/// Of a chip that tells whole degrees, as GPUs do.
const FROZEN_WHOLE: Duration = Duration::from_secs(60 * 60);

/// Why no temperature is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No sensor answers.
    Absent,
    /// Sensors answer, with numbers that cannot be.
    Nonsense,
    /// All sensors have said exactly the same for a quarter of an hour, or an hour in whole degrees.
    Frozen,
    /// The hottest chip answers no more, while cooler ones do.
    Lost,
    /// The sensors have not been read for some seconds: a driver hangs.
    Silent,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "no sensor answers",
            Self::Nonsense => "the sensors say nothing above 0 and at most 150 °C",
            Self::Frozen => {
                "the sensors have not moved for 15 minutes, or an hour in whole degrees"
            }
            Self::Lost => "the hottest sensor answers no more, others do",
            Self::Silent => "reading the sensors hangs",
        })
    }
}

/// A reading that can be believed: above 0 and at most 150 °C. Sensors that fail say 0 or −1 (F26), and a computer that works is warmer.
pub(crate) fn plausible(celsius: f64) -> Option<f64> {
    (celsius > 0.0 && celsius <= 150.0).then_some(celsius)
}

/// What is believed of the temperature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Believed {
    /// The hottest believable reading, °C.
    pub celsius: Option<f64>,
    /// Why it is not the whole truth.
    pub doubt: Option<Doubt>,
}

impl Believed {
    /// What may be acted upon, °C: a reading above `alarm` always, a cooler one only where nothing is in doubt.
    pub fn known(&self, alarm: f64) -> Option<f64> {
        self.celsius
            .filter(|celsius| self.doubt.is_none() || *celsius > alarm)
    }
}

/// What one chip has said.
#[derive(Debug, Clone)]
struct Chip {
    last: Vec<f64>,
    /// When its readings last moved, and whether they ever did: a few chips say a constant all their life.
    moved: Duration,
    moves: bool,
    /// Its hottest believable reading, of the last time that there was one.
    hottest: f64,
    alive: bool,
    /// Whether it was the hottest of all when it was lost.
    missed: bool,
}

/// What has been read so far.
#[derive(Debug, Clone, Default)]
pub struct Belief {
    chips: BTreeMap<String, Chip>,
}

impl Belief {
    /// What to believe of these readings, `now` after the start.
    pub fn weigh(&mut self, readings: &[Reading], now: Duration) -> Believed {
        let mut said: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for reading in readings {
            said.entry(&reading.chip).or_default().push(reading.celsius);
        }
        for (name, values) in &said {
            self.note(name, values, now);
        }
        let answers = |name: &str| {
            let values = said.get(name).into_iter().flatten();
            values.copied().filter_map(plausible).reduce(f64::max)
        };
        let still = |chip: &Chip| {
            let whole = chip.last.iter().all(|celsius| celsius.fract() == 0.0);
            let most = if whole { FROZEN_WHOLE } else { FROZEN };
            now.saturating_sub(chip.moved) >= most
        };
        let answering: Vec<(String, f64)> = self
            .chips
            .iter()
            .filter(|(_, chip)| !(chip.moves && still(chip)))
            .filter_map(|(name, _)| Some((name.clone(), answers(name)?)))
            .collect();
        let hottest = answering.iter().map(|(_, c)| *c).reduce(f64::max);
        for (name, chip) in &mut self.chips {
            let answer = answering.iter().find(|(other, _)| other == name);
            match answer {
                Some((_, celsius)) => {
                    (chip.hottest, chip.alive, chip.missed) = (*celsius, true, false);
                }
                None if chip.alive => {
                    chip.alive = false;
                    chip.missed = hottest.is_none_or(|others| chip.hottest >= others);
                }
                None => {}
            }
        }
        let moving = self
            .chips
            .iter()
            .any(|(name, chip)| said.contains_key(name.as_str()) && !still(chip));
        let anything = said.keys().any(|name| answers(name).is_some());
        let doubt = if readings.is_empty() {
            Some(Doubt::Absent)
        } else if !anything {
            Some(Doubt::Nonsense)
        } else if !moving {
            Some(Doubt::Frozen)
        } else {
            let missed = self.chips.values().any(|chip| chip.missed);
            missed.then_some(Doubt::Lost)
        };
        Believed {
            celsius: hottest.filter(|_| moving),
            doubt,
        }
    }

    fn note(&mut self, name: &str, values: &[f64], now: Duration) {
        match self.chips.get_mut(name) {
            None => {
                let chip = Chip {
                    last: values.to_vec(),
                    moved: now,
                    moves: false,
                    hottest: f64::NEG_INFINITY,
                    alive: false,
                    missed: false,
                };
                self.chips.insert(name.to_owned(), chip);
            }
            Some(chip) if chip.last != values => {
                chip.last = values.to_vec();
                chip.moved = now;
                chip.moves = true;
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
        for (readings, celsius, doubt) in [
            (vec![], None, Some(Doubt::Absent)),
            (vec![-1.0], None, Some(Doubt::Nonsense)),
            (vec![0.0, f64::NAN], None, Some(Doubt::Nonsense)),
            (
                vec![-40.0, 151.0, f64::INFINITY],
                None,
                Some(Doubt::Nonsense),
            ),
            (vec![-1.0, 45.0, 61.5, 200.0], Some(61.5), None),
        ] {
            let said: Vec<Option<f64>> = readings.iter().copied().map(Some).collect();
            assert_eq!(
                Belief::default().weigh(&of(&said), Duration::ZERO),
                Believed { celsius, doubt },
                "{readings:?}"
            );
        }
    }

    /// Minutes, what two chips say, and what is believed.
    type Step = (u64, [Option<f64>; 2], Option<f64>, Option<Doubt>);

    fn follow(steps: &[Step]) {
        let mut belief = Belief::default();
        for (minutes, said, celsius, doubt) in steps {
            let (celsius, doubt) = (*celsius, *doubt);
            assert_eq!(
                belief.weigh(&of(said), Duration::from_secs(60 * minutes)),
                Believed { celsius, doubt },
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
            (60, [Some(27.8), constant], None, Some(Doubt::Frozen)),
            (90, [Some(27.8), constant], None, Some(Doubt::Frozen)),
            // One that moves is enough where the other has been steady all its life.
            (91, [Some(27.9), constant], constant, None),
            (105, [Some(27.9), constant], constant, None),
        ]);
    }

    #[test]
    fn a_lost_sensor_is_missed_where_it_was_the_hottest() {
        let lost = Some(Doubt::Lost);
        follow(&[
            (0, [Some(40.0), Some(72.0)], Some(72.0), None),
            (1, [Some(41.0), None], Some(41.0), lost),
            (2, [Some(42.0), Some(-1.0)], Some(42.0), lost),
            (3, [Some(43.0), Some(71.0)], Some(71.0), None),
            // The cooler one may go.
            (4, [None, Some(70.0)], Some(70.0), None),
            (5, [Some(39.0), Some(70.5)], Some(70.5), None),
            // One that moved once and stands still beside one that moves is no sensor any more.
            (19, [Some(39.5), Some(70.5)], Some(70.5), None),
            (20, [Some(39.6), Some(70.5)], Some(39.6), lost),
            (21, [Some(39.7), Some(70.4)], Some(70.4), None),
        ]);
    }

    #[test]
    fn a_cool_rest_is_not_known_and_a_hot_one_is() {
        for (celsius, doubt, known) in [
            (Some(50.0), None, Some(50.0)),
            (Some(50.0), Some(Doubt::Lost), None),
            (Some(90.0), Some(Doubt::Lost), Some(90.0)),
            (None, Some(Doubt::Absent), None),
        ] {
            assert_eq!(Believed { celsius, doubt }.known(85.0), known);
        }
    }
}
