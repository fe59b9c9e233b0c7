//! The steps of one training: where epochs end, and after which steps it is evaluated. Of the position it stores nothing: a step is one.

use crate::{
    epoch::{steps_of_epoch, whole},
    evaluate::Evaluate,
    hyper::Hyperparameters,
    training::Training,
};

/// The optimizer steps of one training, counted from 0. An epoch is a pass over the training samples, in batches of which the last may
/// be smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    samples: u64,
    batch: u64,
    steps: u32,
    interval: u32,
}

impl Plan {
    /// The plan of a training on so many samples, at least one.
    pub fn new(hyper: &Hyperparameters, training: &Training, samples: u64) -> Self {
        Self::of((hyper.steps, hyper.batch_size), training.evaluate, samples)
    }

    /// The plan of so many steps of so many samples.
    pub fn of((steps, batch_size): (u32, u32), evaluate: Evaluate, samples: u64) -> Self {
        let samples = samples.max(1);
        Self {
            samples,
            batch: u64::from(batch_size).clamp(1, samples),
            steps,
            interval: evaluate.interval(steps, steps_of_epoch(samples, batch_size)),
        }
    }

    /// The same plan, cut off after so many steps: evaluations before them stay where they are.
    #[must_use]
    pub fn cut(self, most: Option<u64>) -> Self {
        let most = most.map_or(u32::MAX, |most| u32::try_from(most).unwrap_or(u32::MAX));
        Self {
            steps: self.steps.min(most),
            ..self
        }
    }

    /// Steps in all.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Samples of a whole batch.
    pub fn batch(&self) -> usize {
        usize::try_from(self.batch).unwrap_or(usize::MAX)
    }

    /// Steps of an epoch.
    pub fn epoch_steps(&self) -> u32 {
        whole(self.samples.div_ceil(self.batch))
    }

    /// Epochs after so many steps, as a fraction.
    pub fn epochs(&self, step: u32) -> f64 {
        f64::from(step) / f64::from(self.epoch_steps())
    }

    /// Epoch of a step and its place there, both from 0.
    pub fn position(&self, step: u32) -> (u32, u32) {
        (step / self.epoch_steps(), step % self.epoch_steps())
    }

    /// Samples of all steps.
    pub fn trained(&self) -> u64 {
        self.samples_before(self.steps)
    }

    /// Samples of the steps before this one.
    pub fn samples_before(&self, step: u32) -> u64 {
        let (epoch, batch) = self.position(step);
        let within = u64::from(batch)
            .saturating_mul(self.batch)
            .min(self.samples);
        u64::from(epoch)
            .saturating_mul(self.samples)
            .saturating_add(within)
    }

    /// Evaluations in all.
    pub fn evaluations(&self) -> u32 {
        self.steps.div_ceil(self.interval)
    }

    /// Steps before evaluation `number`, from 1; of number 0 and of one that there is not, the border of the plan.
    pub fn evaluation(&self, number: u32) -> u32 {
        number.saturating_mul(self.interval).min(self.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(steps: u32, interval: u32) -> Plan {
        Plan {
            samples: 100,
            batch: 32,
            steps,
            interval,
        }
    }

    #[test]
    fn a_step_has_its_epoch_place_and_samples() {
        let plan = plan(10, 3);
        for (step, position, samples) in [
            (0, (0, 0), 0),
            (3, (0, 3), 96),
            (4, (1, 0), 100),
            (7, (1, 3), 196),
            (9, (2, 1), 232),
        ] {
            assert_eq!(plan.position(step), position, "{step}");
            assert_eq!(plan.samples_before(step), samples, "{step}");
        }
        assert_eq!(plan.epochs(6), 1.5);
    }

    #[test]
    fn a_training_is_evaluated_at_its_end_too() {
        for (steps, interval, expected) in [
            (10, 3, &[3, 6, 9, 10][..]),
            (9, 3, &[3, 6, 9]),
            (2, 3, &[2]),
        ] {
            let plan = plan(steps, interval);
            let found: Vec<_> = (1..=plan.evaluations())
                .map(|number| plan.evaluation(number))
                .collect();
            assert_eq!(found, expected);
        }
        let cut = plan(10, 3).cut(Some(4));
        assert_eq!(
            (cut.steps(), cut.evaluations(), cut.evaluation(2)),
            (4, 2, 4)
        );
        assert_eq!(plan(10, 3).cut(None), plan(10, 3));
    }
}
