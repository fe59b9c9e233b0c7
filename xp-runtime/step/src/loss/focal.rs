//! Focal loss (Lin et al., arXiv 1708.02002, eq. 4).

use super::logistic::{sigmoid, softplus};

/// (1 − p)^γ·(−ln p) and its derivative by the logit, p the probability of the true class.
pub(super) fn sample(x: f64, y: f64, gamma: f64) -> (f64, f64) {
    let sign = if y > 0.5 { 1.0 } else { -1.0 };
    let cross_entropy = softplus(-sign * x);
    let (p, miss) = (sigmoid(sign * x), sigmoid(-sign * x).max(1e-12));
    let weight = miss.powf(gamma);
    let slope = gamma * miss.powf(gamma - 1.0) * p * cross_entropy + weight;
    (weight * cross_entropy, -sign * miss * slope)
}
