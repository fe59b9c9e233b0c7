//! Training losses on logits. What is reported as `val_loss` is always the unweighted mean log-loss, computed elsewhere.

use tch::{Kind, Reduction, TchError, Tensor};
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
    let none: Option<&Tensor> = None;
    match loss {
        Loss::Bce => x.f_binary_cross_entropy_with_logits(labels, none, none, Reduction::Mean),
        Loss::WeightedBce => {
            let weight = Tensor::f_from_slice(&[pos_weight])?
                .f_to_kind(Kind::Float)?
                .f_to_device(x.device())?;
            x.f_binary_cross_entropy_with_logits(labels, none, Some(&weight), Reduction::Mean)
        }
        Loss::Focal(gamma) => {
            // −(1 − p_t)^γ ln p_t (Lin et al., arXiv 1708.02002, eq. 4)
            let cross_entropy =
                x.f_binary_cross_entropy_with_logits(labels, none, none, Reduction::None)?;
            let miss = cross_entropy
                .f_neg()?
                .f_exp()?
                .f_neg()?
                .f_add_scalar(1.0)?
                .f_clamp_min(1e-12)?;
            miss.f_pow_tensor_scalar(gamma)?
                .f_mul(&cross_entropy)?
                .f_mean(Kind::Float)
        }
        Loss::SoftAuc => soft_auc(x, labels),
    }
}

/// Mean of ln(1 + exp(−(x⁺ − x⁻))) over pairs of a positive and a negative (Gao & Zhou, arXiv 1208.0645); a batch of one class has no
/// pair and no gradient.
fn soft_auc(x: &Tensor, labels: &Tensor) -> Result<Tensor, TchError> {
    let difference = x.f_unsqueeze(1)?.f_sub(&x.f_unsqueeze(0)?)?;
    let pairs = labels
        .f_unsqueeze(1)?
        .f_mul(&labels.f_neg()?.f_add_scalar(1.0)?.f_unsqueeze(0)?)?;
    let count = pairs.f_sum(Kind::Float)?.f_clamp_min(1.0)?;
    difference
        .f_neg()?
        .f_softplus()?
        .f_mul(&pairs)?
        .f_sum(Kind::Float)?
        .f_div(&count)
}
