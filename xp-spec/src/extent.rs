//! How long the trainings of an experiment are, whatever a search chooses: what patience, pruners and rungs are judged by.

use crate::{
    bounds::{bounds, whole_bounds},
    epoch::steps_of_epoch,
    hyper::warmup_steps,
    space::{Assignment, SearchSpace},
    training::Training,
};

/// The largest of what the trainings of an experiment may have, in optimizer steps unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// The longest training.
    pub longest: u32,
    /// The shortest training.
    pub shortest: u32,
    /// The longest warm-up.
    pub warmup: u32,
    /// Steps between two evaluations, the fewest and the most.
    pub intervals: (u32, u32),
    /// Evaluations of a training.
    pub evaluations: u32,
    /// Evaluations without improvement that end a training.
    pub patience: u32,
}

impl Extent {
    /// The extent of trainings on so many samples with these hyperparameters; `None` where one of them is not known.
    pub fn of(
        space: &SearchSpace,
        fixed: &Assignment,
        training: &Training,
        samples: u64,
    ) -> Option<Self> {
        let counts = |name: &str| -> Option<(u32, u32)> {
            let (low, high) = whole_bounds(name, space, fixed)?;
            Some((u32::try_from(low).ok()?, u32::try_from(high).ok()?))
        };
        let (shortest, longest) = counts("steps")?;
        let (smallest, largest) = counts("batch_size")?;
        let (_, share) = bounds("warmup", space, fixed)?;
        // The larger the batch, the fewer steps an epoch has.
        let (fewest, most) = (
            steps_of_epoch(samples, largest),
            steps_of_epoch(samples, smallest),
        );
        let evaluate = training.evaluate;
        Some(Self {
            longest,
            shortest,
            warmup: warmup_steps(share, longest),
            intervals: (
                evaluate.interval(shortest, fewest),
                evaluate.interval(longest, most),
            ),
            evaluations: evaluate.most((shortest, longest), fewest),
            patience: training.patience,
        })
    }

    /// The smallest number of steps by which every training has been evaluated after its warm-up, so that trials can be compared.
    pub fn earliest_comparison(&self) -> u32 {
        self.warmup.saturating_add(self.intervals.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evaluate::Evaluate,
        space::{Domain, Parameter, Value},
        training::{Loss, Objective, Precision, Schedule},
    };

    fn training(evaluate: Evaluate) -> Training {
        Training {
            loss: Loss::Bce,
            objective: Objective::LogLoss,
            schedule: Schedule::Cosine,
            evaluate,
            patience: 10,
            min_delta: 0.0,
            accumulation: 1,
            precision: Precision::Fp32,
        }
    }

    #[test]
    fn the_earliest_comparison_is_an_evaluation_after_every_warm_up() {
        let choice = |name: &str, values: Vec<Value>| Parameter {
            name: name.to_owned(),
            domain: Domain::Choice { values },
        };
        let space = SearchSpace {
            parameters: vec![
                choice("steps", [1000, 2000, 4000].map(Value::Int).to_vec()),
                choice("warmup", [0.02, 0.05, 0.1].map(Value::Float).to_vec()),
            ],
        };
        let fixed = Assignment::from([("batch_size".to_owned(), Value::Int(32))]);
        for (evaluate, intervals, evaluations, earliest) in [
            (Evaluate::Auto, (50, 200), 21, 600),
            (Evaluate::Every(50), (50, 50), 80, 450),
            (Evaluate::EachEpoch, (53, 53), 76, 453),
        ] {
            let training = training(evaluate);
            let found = Extent::of(&space, &fixed, &training, 1675).unwrap_or_default();
            let expected = Extent {
                longest: 4000,
                shortest: 1000,
                warmup: 400,
                intervals,
                evaluations,
                patience: training.patience,
            };
            assert_eq!(found, expected, "{evaluate}");
            assert_eq!(found.earliest_comparison(), earliest, "{evaluate}");
        }
        assert_eq!(
            Extent::of(&space, &Assignment::new(), &training(Evaluate::Auto), 1675),
            None
        );
    }
}
