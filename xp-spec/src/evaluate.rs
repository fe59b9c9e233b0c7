//! How often a training is evaluated on validation: the words, and the number of steps that they mean.

use serde::{Deserialize, Serialize};

/// Evaluations of a training that says nothing of them, at least.
pub const EVALUATIONS: u32 = 20;
/// Largest number of steps between two evaluations that an experiment may write.
pub const MOST_STEPS: u32 = 10_000_000;

vocabulary! {
    /// Names of how often a training is evaluated; it always is at its end.
    names {
        /// At least 20 times, at equal distances.
        auto,
        /// After each pass over the training samples.
        each_epoch,
        /// After each so many optimizer steps.
        every,
    }
}

/// How often a training is evaluated; always at its end, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evaluate {
    /// At least [`EVALUATIONS`] times, at equal distances.
    #[default]
    Auto,
    /// After each pass over the training samples.
    EachEpoch,
    /// After each so many optimizer steps, at least one.
    Every(u32),
}

impl Evaluate {
    /// Optimizer steps between two evaluations of a training of so many steps, with so many steps in an epoch; at least 1.
    pub fn interval(self, steps: u32, epoch: u32) -> u32 {
        match self {
            Self::Auto => steps / EVALUATIONS,
            Self::EachEpoch => epoch,
            Self::Every(steps) => steps,
        }
        .max(1)
    }

    /// Evaluations of a training of so many steps, with so many steps in an epoch.
    pub fn count(self, steps: u32, epoch: u32) -> u32 {
        steps.div_ceil(self.interval(steps, epoch))
    }

    /// The most evaluations that a training of so many steps, from the fewest to the most, may have.
    pub fn most(self, (fewest, most): (u32, u32), epoch: u32) -> u32 {
        // The longer the interval, the fewer evaluations a remainder adds: the largest number is among the first.
        let window = EVALUATIONS * (EVALUATIONS + 1);
        (fewest..=most)
            .take(window as usize)
            .chain([most])
            .map(|steps| self.count(steps, epoch))
            .max()
            .unwrap_or(0)
    }

    /// Whether it can be written so.
    pub fn check(self) -> Result<(), String> {
        match self {
            Self::Every(steps) if !(1..=MOST_STEPS).contains(&steps) => Err(format!(
                "`every` must be from 1 to {MOST_STEPS} steps, found {steps}"
            )),
            _ => Ok(()),
        }
    }
}

impl std::fmt::Display for Evaluate {
    /// As an experiment writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Auto => f.write_str(names::auto),
            Self::EachEpoch => f.write_str(names::each_epoch),
            Self::Every(steps) => write!(f, "{}({steps})", names::every),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluations_are_so_many_steps_apart() {
        for (evaluate, steps, epoch, interval, count) in [
            (Evaluate::Auto, 1, 53, 1, 1),
            (Evaluate::Auto, 19, 53, 1, 19),
            (Evaluate::Auto, 39, 53, 1, 39),
            (Evaluate::Auto, 40, 53, 2, 20),
            (Evaluate::Auto, 1000, 53, 50, 20),
            (Evaluate::Auto, 1019, 53, 50, 21),
            (Evaluate::EachEpoch, 1000, 53, 53, 19),
            (Evaluate::Every(300), 1000, 53, 300, 4),
            (Evaluate::Every(0), 10, 53, 1, 10),
        ] {
            assert_eq!(evaluate.interval(steps, epoch), interval, "{evaluate}");
            assert_eq!(evaluate.count(steps, epoch), count, "{evaluate} of {steps}");
        }
    }

    #[test]
    fn the_most_evaluations_are_those_of_every_number_of_steps() {
        for range in [(1, 1), (1, 39), (30, 45), (500, 900), (1000, 4000)] {
            for evaluate in [Evaluate::Auto, Evaluate::EachEpoch, Evaluate::Every(7)] {
                let each = (range.0..=range.1).map(|steps| evaluate.count(steps, 53));
                assert_eq!(
                    Some(evaluate.most(range, 53)),
                    each.max(),
                    "{evaluate} {range:?}"
                );
            }
        }
    }

    #[test]
    fn it_is_stored_by_name() {
        for (evaluate, json) in [
            (Evaluate::Auto, "\"auto\""),
            (Evaluate::EachEpoch, "\"each_epoch\""),
            (Evaluate::Every(50), "{\"every\":50}"),
        ] {
            assert_eq!(serde_json::to_string(&evaluate).ok().as_deref(), Some(json));
            assert!(evaluate.check().is_ok());
        }
        assert!(Evaluate::Every(0).check().is_err());
    }
}
