//! Training losses of a batch's logits and their gradients, in f64: the batch is small and its losses are what a run is judged by.

/// A training loss; `xp_runtime::train::training_loss` is the same on tensors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// Binary cross-entropy, positives weighted.
    Bce {
        /// Weight of positives, 1 for the plain loss.
        pos_weight: f64,
    },
    /// Focal loss (Lin et al., arXiv 1708.02002, eq. 4).
    Focal {
        /// Its exponent.
        gamma: f64,
    },
    /// ln(1 + exp(−(x⁺ − x⁻))) over pairs (Gao & Zhou, arXiv 1208.0645).
    SoftAuc,
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Loss {
    /// Whether a sample's loss is a matter of that sample alone, so that a batch may be cut.
    pub(crate) fn by_sample(self) -> bool {
        self != Self::SoftAuc
    }
}

/// Mean loss; `gradient` becomes its derivative by each logit, `[batch]`.
pub fn loss(loss: Loss, logits: &[f32], labels: &[f32], gradient: &mut [f32]) -> f64 {
    share(loss, logits.len(), logits, labels, gradient)
}

/// What samples of a batch of `n` add to its mean loss; a loss of pairs takes them for the whole batch.
pub(crate) fn share(
    loss: Loss,
    n: usize,
    logits: &[f32],
    labels: &[f32],
    gradient: &mut [f32],
) -> f64 {
    if loss == Loss::SoftAuc {
        return soft_auc(logits, labels, gradient);
    }
    let n = n as f64;
    let mut sum = 0.0;
    for ((x, y), gradient) in logits.iter().zip(labels).zip(gradient) {
        let (x, y) = (f64::from(*x), f64::from(*y));
        let (value, slope) = match loss {
            Loss::Focal { gamma } => focal(x, y, gamma),
            Loss::Bce { pos_weight } => (
                pos_weight * y * softplus(-x) + (1.0 - y) * softplus(x),
                (1.0 - y) * sigmoid(x) - pos_weight * y * sigmoid(-x),
            ),
            Loss::SoftAuc => (0.0, 0.0),
        };
        sum += value;
        *gradient = (slope / n) as f32;
    }
    sum / n
}

/// (1 − p)^γ·(−ln p) and its derivative, p the probability of what is true.
fn focal(x: f64, y: f64, gamma: f64) -> (f64, f64) {
    let sign = if y > 0.5 { 1.0 } else { -1.0 };
    let cross_entropy = softplus(-sign * x);
    let (p, miss) = (sigmoid(sign * x), sigmoid(-sign * x).max(1e-12));
    let weight = miss.powf(gamma);
    let slope = gamma * miss.powf(gamma - 1.0) * p * cross_entropy + weight;
    (weight * cross_entropy, -sign * miss * slope)
}

fn soft_auc(logits: &[f32], labels: &[f32], gradient: &mut [f32]) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::{Loss, loss};

    /// Each derivative against central differences of the loss itself.
    #[test]
    fn gradients_are_those_of_the_losses() {
        let logits = [-3.0, -0.5, 0.0, 0.7, 2.5, 6.0_f32];
        let labels = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0];
        for kind in [
            Loss::Bce { pos_weight: 1.0 },
            Loss::Bce { pos_weight: 2.5 },
            Loss::Focal { gamma: 2.0 },
            Loss::Focal { gamma: 0.5 },
            Loss::SoftAuc,
        ] {
            let mut gradient = [0.0; 6];
            loss(kind, &logits, &labels, &mut gradient);
            for (i, gradient) in gradient.iter().enumerate() {
                let at = |step: f32| {
                    let mut moved = logits;
                    moved[i] += step;
                    loss(kind, &moved, &labels, &mut [0.0; 6])
                };
                let expected = (at(1.0 / 128.0) - at(-1.0 / 128.0)) * 64.0;
                assert!(
                    (f64::from(*gradient) - expected).abs() < 2e-5,
                    "{kind:?}, logit {i}: {gradient} and {expected}"
                );
            }
        }
    }

    #[test]
    fn one_class_has_no_pair() {
        let mut gradient = [1.0; 2];
        assert_eq!(
            loss(Loss::SoftAuc, &[1.0, 2.0], &[1.0, 1.0], &mut gradient),
            0.0
        );
        assert_eq!(gradient, [0.0; 2]);
    }
}
