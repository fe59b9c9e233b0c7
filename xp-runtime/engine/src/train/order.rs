//! The order of the training samples: another permutation each epoch, which follows from the seed and the epoch alone.

use xp_spec::plan::Plan;

use crate::rng::Stream;

/// The order of one epoch.
#[derive(Debug, Default)]
pub(super) struct Order {
    epoch: Option<u32>,
    samples: Vec<usize>,
}

impl Order {
    /// The samples of a step's batch, of `count` in all.
    pub(super) fn batch(&mut self, plan: &Plan, step: u32, seed: u64, count: usize) -> &[usize] {
        let (epoch, place) = plan.position(step);
        if self.epoch != Some(epoch) {
            self.samples = Stream::new(seed, &[2, u64::from(epoch)]).permutation(count);
            self.epoch = Some(epoch);
        }
        let mut batches = self.samples.chunks(plan.batch());
        batches.nth(place as usize).unwrap_or_default()
    }
}
