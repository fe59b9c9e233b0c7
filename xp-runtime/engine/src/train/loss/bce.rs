//! Binary cross-entropy on logits, with positives weighed or not.

use tch::{Kind, Reduction, TchError, Tensor};

/// Mean of −(w·y ln p + (1 − y) ln(1 − p)) over a batch, w = 1 where no weight is given; `logits` and `labels` `[batch]`.
pub(super) fn bce(
    logits: &Tensor,
    labels: &Tensor,
    pos_weight: Option<f64>,
) -> Result<Tensor, TchError> {
    let none: Option<&Tensor> = None;
    let weight = pos_weight
        .map(|weight| {
            Tensor::f_from_slice(&[weight])?
                .f_to_kind(Kind::Float)?
                .f_to_device(logits.device())
        })
        .transpose()?;
    logits.f_binary_cross_entropy_with_logits(labels, none, weight.as_ref(), Reduction::Mean)
}
