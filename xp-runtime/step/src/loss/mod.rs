//! Training losses of a batch's logits and their gradients, in f64: the batch is small and a run is selected by its losses. A new one
//! is a file and its entries in [`Loss`] and [`Loss::formula`].

mod bce;
mod focal;
mod logistic;
mod soft_auc;

/// A training loss; `xp_engine::train::training_loss` is the same on tensors.
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

/// How a loss is computed; the number beside a function is the loss's own parameter (weight of positives, exponent).
#[derive(Debug, Clone, Copy)]
enum Formula {
    /// (logit, label, parameter) → loss of that sample alone and its derivative.
    Samples(fn(f64, f64, f64) -> (f64, f64), f64),
    /// (logits, labels, gradient) → mean over pairs of samples.
    Pairs(fn(&[f32], &[f32], &mut [f32]) -> f64),
}

impl Loss {
    fn formula(self) -> Formula {
        match self {
            Self::Bce { pos_weight } => Formula::Samples(bce::sample, pos_weight),
            Self::Focal { gamma } => Formula::Samples(focal::sample, gamma),
            Self::SoftAuc => Formula::Pairs(soft_auc::pairs),
        }
    }

    /// Whether a sample's loss depends on that sample alone, so that a batch may be computed in chunks.
    pub(crate) fn by_sample(self) -> bool {
        matches!(self.formula(), Formula::Samples(..))
    }
}

/// Mean loss; `gradient` becomes its derivative by each logit, `[batch]`.
pub fn loss(loss: Loss, logits: &[f32], labels: &[f32], gradient: &mut [f32]) -> f64 {
    share(loss, logits.len(), logits, labels, gradient)
}

/// What samples of a batch of `n` contribute to its mean loss; a loss over pairs needs all of the batch.
pub(crate) fn share(
    loss: Loss,
    n: usize,
    logits: &[f32],
    labels: &[f32],
    gradient: &mut [f32],
) -> f64 {
    let (sample, parameter) = match loss.formula() {
        Formula::Samples(sample, parameter) => (sample, parameter),
        Formula::Pairs(pairs) => return pairs(logits, labels, gradient),
    };
    let n = n as f64;
    let mut sum = 0.0;
    for ((x, y), gradient) in logits.iter().zip(labels).zip(gradient) {
        let (value, slope) = sample(f64::from(*x), f64::from(*y), parameter);
        sum += value;
        *gradient = (slope / n) as f32;
    }
    sum / n
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
