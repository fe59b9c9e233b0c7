//! What a study could tell before it is run.

use super::{
    draw::{Noise, Truth},
    score::score,
};

/// Share of simulated laws that must be found.
pub const POWER: f64 = 0.8;
/// Largest exponent that is tried.
const LARGEST: f64 = 0.32;
/// Halvings of the bracket: to a 64th of the largest exponent.
const HALVINGS: usize = 6;

/// The smallest exponent that such a study tells from 0 with power [`POWER`], after the correction for its tasks, by `studies` simulated
/// ones; absent where even a fall of the loss by N^−0.32 is not told. Accurate to .005, and to the luck of the simulation.
pub fn smallest_exponent(truth: &Truth, noise: &Noise, studies: usize) -> Option<f64> {
    let found = |alpha: f64| {
        let truth = Truth {
            alpha,
            ..truth.clone()
        };
        // The same draws for all exponents, so that power grows with them.
        let score = score(&truth, noise, studies, 1);
        score.share(score.found) >= POWER
    };
    if !found(LARGEST) {
        return None;
    }
    let (mut low, mut high) = (0.0, LARGEST);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if found(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}
