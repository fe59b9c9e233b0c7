//! Pairwise surrogate of 1 − AUC: ln(1 + exp(−(x⁺ − x⁻))) over pairs (Gao & Zhou, arXiv 1208.0645).

use super::logistic::{sigmoid, softplus};

/// Mean over pairs of a positive and a negative; `gradient` becomes its derivative by each logit.
pub(super) fn pairs(logits: &[f32], labels: &[f32], gradient: &mut [f32]) -> f64 {
    let positives = labels.iter().filter(|label| **label > 0.5).count();
    let pairs = (positives * (labels.len() - positives)).max(1) as f64;
    let mut slopes = vec![0.0; logits.len()];
    let mut sum = 0.0;
    for (i, x) in logits.iter().enumerate() {
        for (j, other) in logits.iter().enumerate() {
            if labels[i] > 0.5 && labels[j] <= 0.5 {
                let margin = f64::from(*x) - f64::from(*other);
                sum += softplus(-margin);
                let slope = sigmoid(-margin) / pairs;
                slopes[i] -= slope;
                slopes[j] += slope;
            }
        }
    }
    for (gradient, slope) in gradient.iter_mut().zip(slopes) {
        *gradient = slope as f32;
    }
    sum / pairs
}
