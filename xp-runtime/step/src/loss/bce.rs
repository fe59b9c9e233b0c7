//! Binary cross-entropy, positives weighted.

use super::logistic::{sigmoid, softplus};

/// The loss of a logit and its derivative.
pub(super) fn sample(x: f64, y: f64, pos_weight: f64) -> (f64, f64) {
    (
        pos_weight * y * softplus(-x) + (1.0 - y) * softplus(x),
        (1.0 - y) * sigmoid(x) - pos_weight * y * sigmoid(-x),
    )
}
