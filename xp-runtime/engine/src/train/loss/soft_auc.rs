//! A smooth surrogate of 1 − AUC over the pairs of a batch (Gao & Zhou, arXiv 1208.0645).

use tch::{Kind, TchError, Tensor};

/// Mean of ln(1 + exp(−(x⁺ − x⁻))) over pairs of a positive and a negative (Gao & Zhou, arXiv 1208.0645); a batch of one class has no
/// pair and no gradient.
pub(super) fn soft_auc(x: &Tensor, labels: &Tensor) -> Result<Tensor, TchError> {
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
