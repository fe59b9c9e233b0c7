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
    /// Whether a sample's loss depends on that sample only, so that a batch may be split.
    pub fn by_sample(self) -> bool {
        !matches!(self, Self::SoftAuc)
    }
}
