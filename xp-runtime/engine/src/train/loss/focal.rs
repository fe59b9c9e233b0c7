//! Focal loss (Lin et al., arXiv 1708.02002, eq. 4).

use tch::{Kind, Reduction, TchError, Tensor};

/// Mean of −(1 − p_t)^γ ln p_t over a batch; `logits` and `labels` `[batch]`.
pub(super) fn focal(logits: &Tensor, labels: &Tensor, gamma: f64) -> Result<Tensor, TchError> {
    let none: Option<&Tensor> = None;
    let cross_entropy =
        logits.f_binary_cross_entropy_with_logits(labels, none, none, Reduction::None)?;
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
