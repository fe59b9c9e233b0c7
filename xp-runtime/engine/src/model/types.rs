//! Logits and probabilities are different types, so that a sigmoid cannot be applied twice (F07).

use tch::{Kind, TchError, Tensor};

/// Log-odds of the positive class, `[batch]`, any real number.
#[derive(Debug)]
pub struct Logits(pub(crate) Tensor);

/// Probabilities of the positive class, each in [0, 1].
#[derive(Debug, Clone, PartialEq)]
pub struct Probabilities(Vec<f64>);

impl From<Tensor> for Logits {
    /// Takes a tensor `[batch]` for log-odds.
    fn from(tensor: Tensor) -> Self {
        Self(tensor)
    }
}

impl Logits {
    /// The tensor, `[batch]`.
    pub fn tensor(&self) -> &Tensor {
        &self.0
    }

    /// Values in f64.
    pub fn values(&self) -> Result<Vec<f64>, TchError> {
        Vec::<f64>::try_from(self.0.f_to_kind(Kind::Double)?.f_contiguous()?)
    }
}

impl Probabilities {
    /// The sigmoid of logits, computed without overflow.
    pub fn from_logits(logits: &[f64]) -> Self {
        let sigmoid = |x: &f64| {
            if *x >= 0.0 {
                1.0 / (1.0 + (-x).exp())
            } else {
                x.exp() / (1.0 + x.exp())
            }
        };
        Self(logits.iter().map(sigmoid).collect())
    }

    /// The values.
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}
