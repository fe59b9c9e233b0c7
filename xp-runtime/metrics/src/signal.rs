//! What the signal check found, as run records have it (F48). It must not fit: `xp-baselines` does.

use serde::{Deserialize, Serialize};

use crate::difference::Difference;

/// What a logistic regression on the last bar gains over the class prior on validation, raw and as the model gets it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Samples of validation.
    pub n: usize,
    /// Positive ones.
    pub positives: usize,
    /// Mean log-loss of the class prior of train.
    pub prior_loss: f64,
    /// On the raw features.
    pub raw: Gain,
    /// On the features as they are normalised in the window; absent where that is a fixed line for each feature, which changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalised: Option<Gain>,
}

/// A regression beside the class prior.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// L2 penalty, chosen within train.
    pub penalty: f64,
    /// Mean log-loss.
    pub loss: f64,
    /// Its log-loss less the class prior's.
    pub difference: Difference,
}

impl Signal {
    /// Whether normalisation removes the signal: there is one (the interval of the raw gain excludes 0), and less than half of its gain is left.
    pub fn is_removed(&self) -> bool {
        let raw = &self.raw.difference;
        let left = |normalised: Gain| normalised.difference.value > 0.5 * raw.value;
        raw.is_below_zero() && self.normalised.is_some_and(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signal_is_removed_where_it_is_there_and_less_than_half_is_left() {
        let gain = |value: f64, high: f64| Gain {
            penalty: 1.0,
            loss: 0.5,
            difference: Difference {
                value,
                interval: Some((value - 0.1, high)),
            },
        };
        for (raw, normalised, expected) in [
            (gain(-0.08, -0.02), Some(gain(-0.03, 0.01)), true),
            (gain(-0.08, -0.02), Some(gain(0.02, 0.05)), true),
            (gain(-0.08, -0.02), Some(gain(-0.05, 0.01)), false),
            (gain(-0.08, 0.01), Some(gain(0.0, 0.01)), false),
            (gain(-0.08, -0.02), None, false),
        ] {
            let signal = Signal {
                n: 700,
                positives: 100,
                prior_loss: 0.4,
                raw,
                normalised,
            };
            assert_eq!(signal.is_removed(), expected, "{signal:?}");
        }
    }
}
