//! Words that hyperparameters had, and what their values are in the present ones.

use crate::epoch::steps_of_epoch;

/// A word that is not in use any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renamed {
    /// The earlier word.
    pub was: &'static str,
    /// The present one.
    pub now: &'static str,
    /// What the present one means.
    pub means: &'static str,
}

/// Earlier words of hyperparameters.
pub const HYPERPARAMETERS: [Renamed; 2] = [
    Renamed {
        was: "epochs",
        now: "steps",
        means: "the number of optimizer steps",
    },
    Renamed {
        was: "warmup_steps",
        now: "warmup",
        means: "the share of the steps in which the learning rate rises",
    },
];

/// Earlier words of pruners' parameters.
pub const PRUNERS: [Renamed; 1] = [Renamed {
    was: "epochs",
    now: "evaluations",
    means: "the number of evaluations without improvement that are tolerated",
}];

/// Optimizer steps of so many passes over so many samples.
pub fn steps_of_epochs(epochs: u32, samples: u64, batch_size: u32) -> u32 {
    epochs.saturating_mul(steps_of_epoch(samples, batch_size))
}

/// The share of a training's steps that its warm-up is, to two digits; `None` where there is no such share.
pub fn share_of_steps(warmup: u32, steps: u32) -> Option<f64> {
    if warmup == 0 || warmup > steps / 2 {
        return None;
    }
    format!("{:.1e}", f64::from(warmup) / f64::from(steps))
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_values_are_told_in_present_units() {
        assert_eq!(steps_of_epochs(50, 1675, 32), 2650);
        for (warmup, expected) in [(200, Some(0.075)), (1400, None), (0, None)] {
            assert_eq!(share_of_steps(warmup, 2650), expected);
        }
    }
}
