//! Training losses: the names. Their tensors are the engine's.

use serde::{Deserialize, Serialize};

choices! {
    /// A loss without parameters; only such a one can be a default.
    plain: PlainLoss, default Bce {
        /// Binary cross-entropy.
        bce => Bce,
        /// Binary cross-entropy with positives weighted by negatives / positives.
        weighted_bce => WeightedBce,
        /// Differentiable surrogate of 1 − AUC.
        soft_auc => SoftAuc,
    }
}

vocabulary! {
    /// Losses with parameters.
    parametrised {
        /// Focal loss with its γ.
        focal,
    }
}

/// Training loss; `val_loss` is the unweighted mean log-loss whatever is chosen here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Binary cross-entropy.
    Bce,
    /// Binary cross-entropy with the positive class weighted by negatives / positives of train.
    WeightedBce,
    /// Focal loss (Lin et al., arXiv 1708.02002) with its γ.
    Focal(f64),
    /// Differentiable surrogate of 1 − AUC.
    SoftAuc,
}

impl From<PlainLoss> for Loss {
    fn from(loss: PlainLoss) -> Self {
        match loss {
            PlainLoss::Bce => Self::Bce,
            PlainLoss::WeightedBce => Self::WeightedBce,
            PlainLoss::SoftAuc => Self::SoftAuc,
        }
    }
}

impl Loss {
    /// The logit with which a model that knows nothing but the classes of train should start: of the share of positives, for
    /// `weighted_bce` of the share by weight, where a positive weighs `pos_weight` negatives; 0 for `soft_auc`, to which the level of
    /// the logits makes no difference. Both classes must be there.
    pub fn prior_logit(self, positives: usize, negatives: usize, pos_weight: f64) -> f64 {
        let odds = positives as f64 / negatives as f64;
        match self {
            Self::Bce | Self::Focal(_) => odds.ln(),
            Self::WeightedBce => (pos_weight * odds).ln(),
            Self::SoftAuc => 0.0,
        }
    }

    /// Whether a sample's loss depends on that sample only, so that a batch may be split.
    pub fn by_sample(self) -> bool {
        !matches!(self, Self::SoftAuc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prior_is_what_minimises_the_loss_without_features() {
        let (positives, negatives): (usize, usize) = (30, 270);
        for (loss, pos_weight, expected) in [
            (Loss::Bce, 9.0, (1.0_f64 / 9.0).ln()),
            (Loss::Focal(2.0), 9.0, (1.0_f64 / 9.0).ln()),
            (Loss::WeightedBce, 9.0, 0.0),
            (Loss::WeightedBce, 3.0, (1.0_f64 / 3.0).ln()),
            (Loss::SoftAuc, 9.0, 0.0),
        ] {
            let found = loss.prior_logit(positives, negatives, pos_weight);
            assert!((found - expected).abs() < 1e-12, "{loss:?}: {found}");
        }
    }
}
