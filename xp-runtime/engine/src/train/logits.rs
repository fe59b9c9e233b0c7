//! Logits of windows on tensors, without dropout and gradients: what every model has.

use tch::{TchError, no_grad};

use super::windows::Windows;
use crate::model::PatchTst;

/// Logits of the windows that end at `rows`.
pub(super) fn tensor_logits(
    model: &PatchTst,
    windows: &Windows,
    rows: &[i64],
) -> Result<Vec<f64>, TchError> {
    no_grad(|| model.forward(&windows.gather(rows)?, None)?.values())
}
