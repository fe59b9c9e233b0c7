//! What a model sees of a batch.

use tch::{TchError, Tensor};

/// Windows and, with `revin(level: true)`, their levels.
#[derive(Debug)]
pub struct Inputs {
    /// `[batch, context, features]`.
    pub windows: Tensor,
    /// Standardised mean and log standard deviation of each window and feature, `[batch, features, 2]`.
    pub levels: Option<Tensor>,
}

impl From<Tensor> for Inputs {
    fn from(windows: Tensor) -> Self {
        Self {
            windows,
            levels: None,
        }
    }
}

impl Inputs {
    pub(super) fn levels(&self) -> Result<&Tensor, TchError> {
        self.levels.as_ref().ok_or_else(|| {
            TchError::Torch(
                "the model needs the level of windows, and the data has none".to_owned(),
            )
        })
    }
}
