//! Epochs, passes over the training samples, in optimizer steps.

/// Steps of a pass over so many samples in batches of that size, of which the last may be smaller.
pub fn steps_of_epoch(samples: u64, batch_size: u32) -> u32 {
    whole(samples.max(1).div_ceil(u64::from(batch_size.max(1))))
}

/// Steps of a training of at most so many epochs.
pub fn steps_within(steps: u32, most: Option<u32>, samples: u64, batch_size: u32) -> u32 {
    let epoch = steps_of_epoch(samples, batch_size);
    steps.min(most.map_or(u32::MAX, |epochs| epochs.saturating_mul(epoch)))
}

/// A number of steps; as many as can be where there are more.
pub(crate) fn whole(steps: u64) -> u32 {
    u32::try_from(steps).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_limit_steps() {
        for (steps, most, expected) in [
            (1000, None, 1000),
            (1000, Some(2), 106),
            (100, Some(2), 100),
            (1000, Some(u32::MAX), 1000),
        ] {
            assert_eq!(steps_within(steps, most, 1675, 32), expected, "{most:?}");
        }
        assert_eq!(steps_of_epoch(u64::MAX, 1), u32::MAX);
    }
}
