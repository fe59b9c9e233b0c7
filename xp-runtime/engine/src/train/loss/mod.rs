//! Training losses on logits: this file is the one list of them, each is a file beside it. What is reported as `val_loss` is always the
//! unweighted mean log-loss, computed elsewhere.

mod bce;
mod focal;
mod soft_auc;

use tch::{TchError, Tensor};
use xp_spec::training::Loss;

use crate::model::Logits;

/// Mean training loss of a batch, a scalar; `labels` are 0 or 1, `[batch]`; `pos_weight` is negatives / positives of train.
pub fn training_loss(
    loss: Loss,
    logits: &Logits,
    labels: &Tensor,
    pos_weight: f64,
) -> Result<Tensor, TchError> {
    let x = logits.tensor();
    match loss {
        Loss::Bce => bce::bce(x, labels, None),
        Loss::WeightedBce => bce::bce(x, labels, Some(pos_weight)),
        Loss::Focal(gamma) => focal::focal(x, labels, gamma),
        Loss::SoftAuc => soft_auc::soft_auc(x, labels),
    }
}

/// The same loss as the fused CPU kernels compute it (`xp-step`), which have every loss.
pub(super) fn fused_loss(loss: Loss, pos_weight: f64) -> xp_step::Loss {
    match loss {
        Loss::Bce => xp_step::Loss::Bce { pos_weight: 1.0 },
        Loss::WeightedBce => xp_step::Loss::Bce { pos_weight },
        Loss::Focal(gamma) => xp_step::Loss::Focal { gamma },
        Loss::SoftAuc => xp_step::Loss::SoftAuc,
    }
}

/// How much larger than an unweighted log-loss a loss may be: a rare positive weighs as all its negatives.
pub(super) fn loss_scale(loss: Loss, pos_weight: f64) -> f64 {
    match loss {
        Loss::WeightedBce => pos_weight.max(1.0),
        Loss::Bce | Loss::Focal(_) | Loss::SoftAuc => 1.0,
    }
}
