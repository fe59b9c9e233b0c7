//! AdamW's moments of one parameter, in full or in little memory, and the update with them.
//!
//! In little memory a matrix has its first moment in bfloat16 and its second one as the sums of rows and columns of which it is the
//! outer product (Shazeer & Stern, arXiv 1804.04235, section 3): 2 bytes per weight instead of 8.

use tch::{Kind, TchError, Tensor};
use xp_spec::execution::{FACTORED_FROM, Moments};

use super::optimizer::{BETA1, BETA2, EPS};

/// Moments of one parameter.
pub(super) enum ParameterMoments {
    /// Both in f32, in the parameter's shape.
    Full { first: Tensor, second: Tensor },
    /// First in bfloat16; second as means over columns `[rows]` and over rows `[columns]`.
    Factored {
        first: Tensor,
        rows: Tensor,
        columns: Tensor,
    },
}

/// What is the same for all parameters of a step.
pub(super) struct Step {
    /// Steps made with this one.
    pub(super) count: u64,
    pub(super) rate: f64,
    pub(super) weight_decay: f64,
    /// What gradients are multiplied by, for clipping.
    pub(super) scale: f64,
}

impl ParameterMoments {
    pub(super) fn new(parameter: &Tensor, moments: Moments) -> Result<Self, TchError> {
        let float = (Kind::Float, parameter.device());
        Ok(match (moments, parameter.size().as_slice()) {
            (Moments::Compact, &[rows, columns])
                if rows >= FACTORED_FROM && columns >= FACTORED_FROM =>
            {
                Self::Factored {
                    first: Tensor::f_zeros([rows, columns], (Kind::BFloat16, float.1))?,
                    rows: Tensor::f_zeros([rows], float)?,
                    columns: Tensor::f_zeros([columns], float)?,
                }
            }
            (_, size) => Self::Full {
                first: Tensor::f_zeros(size, float)?,
                second: Tensor::f_zeros(size, float)?,
            },
        })
    }

    /// Moves a parameter by its gradient.
    pub(super) fn update(
        &mut self,
        parameter: &Tensor,
        gradient: &Tensor,
        decays: bool,
        step: &Step,
    ) -> Result<(), TchError> {
        let count = i32::try_from(step.count).unwrap_or(i32::MAX);
        let (bias1, bias2) = (1.0 - BETA1.powi(count), 1.0 - BETA2.powi(count));
        let scaled;
        let gradient = if step.scale == 1.0 {
            gradient
        } else {
            scaled = gradient.f_mul_scalar(step.scale)?;
            &scaled
        };
        let squares = gradient.f_square()?;
        let (first, mut spread) = match self {
            Self::Full { first, second } => {
                let _ = first.f_lerp_(gradient, 1.0 - BETA1)?;
                let _ = second.f_lerp_(&squares, 1.0 - BETA2)?;
                (first.shallow_clone(), second.f_sqrt()?)
            }
            Self::Factored {
                first,
                rows,
                columns,
            } => {
                let mut now = first.f_to_kind(Kind::Float)?;
                let _ = now.f_lerp_(gradient, 1.0 - BETA1)?;
                first.f_copy_(&now)?;
                let _ = rows.f_lerp_(&squares.f_mean_dim(1, false, None)?, 1.0 - BETA2)?;
                let _ = columns.f_lerp_(&squares.f_mean_dim(0, false, None)?, 1.0 - BETA2)?;
                drop(squares);
                // √(r cᵀ / mean r) as an outer product of roots.
                let mean = rows.f_mean(Kind::Float)?.f_clamp_min(1e-30)?;
                let spread = rows.f_div(&mean)?.f_sqrt()?.f_outer(&columns.f_sqrt()?)?;
                (now, spread)
            }
        };
        let _ = spread.f_div_scalar_(bias2.sqrt())?.f_add_scalar_(EPS)?;
        let mut parameter = parameter.f_detach()?;
        if decays && step.weight_decay > 0.0 {
            let _ = parameter.f_mul_scalar_(1.0 - step.rate * step.weight_decay)?;
        }
        let mut update = first.f_div(&spread)?;
        let _ = parameter.f_sub_(&update.f_mul_scalar_(step.rate / bias1)?)?;
        Ok(())
    }

    /// Names and storage, for a checkpoint.
    pub(super) fn named(&self, parameter: &str) -> Vec<(String, Tensor)> {
        let parts: Vec<(&str, &Tensor)> = match self {
            Self::Full { first, second } => vec![("first", first), ("second", second)],
            Self::Factored {
                first,
                rows,
                columns,
            } => vec![("first", first), ("rows", rows), ("columns", columns)],
        };
        parts
            .into_iter()
            .map(|(part, moment)| (format!("{part}.{parameter}"), moment.shallow_clone()))
            .collect()
    }
}
