//! AdamW on the model's flat buffer (Loshchilov & Hutter, arXiv 1711.05101): our own, since tch exposes no optimizer state and a
//! resumed run must go on to the same numbers. In-place operations return their tensor again, which `let _` drops.

use std::ops::Range;

use tch::{Kind, TchError, Tensor, no_grad};

use crate::model::PatchTst;

pub(super) const BETA1: f64 = 0.9;
pub(super) const BETA2: f64 = 0.999;
pub(super) const EPS: f64 = 1e-8;

/// Values whose squares are added in f32.
const NORM_ROW: i64 = 1024;

/// Moments and step count.
#[derive(Debug)]
pub struct AdamW {
    weight_decay: f64,
    /// Ranges that weight decay acts on.
    decays: Vec<Range<usize>>,
    first: Tensor,
    second: Tensor,
    step: i32,
}

impl AdamW {
    /// A fresh optimizer for a model.
    pub fn new(model: &PatchTst, weight_decay: f64) -> Result<Self, TchError> {
        Ok(Self {
            weight_decay,
            decays: model.decays().collect(),
            first: model.flat().f_zeros_like()?,
            second: model.flat().f_zeros_like()?,
            step: 0,
        })
    }

    /// Names and storage of the moments, for a checkpoint to read and write.
    pub(crate) fn moments(&self) -> Vec<(String, Tensor)> {
        [("first", &self.first), ("second", &self.second)]
            .map(|(name, moment)| (name.to_owned(), moment.shallow_clone()))
            .into()
    }

    /// Sets the number of steps made, after the moments were read.
    pub(crate) fn set_steps(&mut self, steps: u64) {
        self.step = i32::try_from(steps).unwrap_or(i32::MAX);
    }

    /// Counts a step; its rule, weight decay and number, from 1.
    pub(super) fn advance(&mut self) -> (xp_step::AdamW, f64, u64) {
        self.step += 1;
        let rule = xp_step::AdamW {
            beta1: BETA1,
            beta2: BETA2,
            eps: EPS,
        };
        (rule, self.weight_decay, self.step.unsigned_abs().into())
    }

    /// Both moments, `[count]`.
    pub(super) fn buffers(&mut self) -> (&mut Tensor, &mut Tensor) {
        (&mut self.first, &mut self.second)
    }

    /// One step with gradients `[count]`.
    pub fn step(
        &mut self,
        model: &PatchTst,
        gradients: &Tensor,
        learning_rate: f64,
    ) -> Result<(), TchError> {
        self.step += 1;
        let (bias1, bias2) = (1.0 - BETA1.powi(self.step), 1.0 - BETA2.powi(self.step));
        no_grad(|| {
            let mut flat = model.flat().shallow_clone();
            if self.weight_decay > 0.0 {
                let factor = 1.0 - learning_rate * self.weight_decay;
                for range in &self.decays {
                    let (start, length) = (range.start as i64, range.len() as i64);
                    let _ = flat.f_narrow(0, start, length)?.f_mul_scalar_(factor)?;
                }
            }
            let _ = self.first.f_lerp_(gradients, 1.0 - BETA1)?;
            let _ = self.second.f_lerp_(&gradients.f_square()?, 1.0 - BETA2)?;
            let mut scale = self.second.f_sqrt()?;
            let _ = scale.f_div_scalar_(bias2.sqrt())?.f_add_scalar_(EPS)?;
            let update = self.first.f_div(&scale)?;
            let _ = flat.f_sub_(&update.f_mul_scalar(learning_rate / bias1)?)?;
            Ok(())
        })
    }
}

/// Scales gradients so that their global norm is at most `most`; returns the norm before.
pub(crate) fn clip(gradients: &mut Tensor, most: f64) -> Result<f64, TchError> {
    let norm = f64::try_from(squared_norm(gradients)?)?.sqrt();
    let scale = clip_scale(norm, most);
    if scale < 1.0 {
        let _ = gradients.f_mul_scalar_(scale)?;
    }
    Ok(norm)
}

/// The squared Euclidean norm of a tensor, f64, left on its device. libtorch's own norm adds the squares of a tensor
/// one after another in f32, which for 200M values is 3 % too small; here only those of a row, and the rows in f64. A matrix
/// that lies transposed is not copied.
pub(super) fn squared_norm(x: &Tensor) -> Result<Tensor, TchError> {
    let of_rows = |rows: &Tensor| {
        rows.f_norm_scalaropt_dim(2, [-1], false)?
            .f_to_kind(Kind::Double)?
            .f_square()?
            .f_sum(Kind::Double)
    };
    if x.dim() == 2 && !x.is_contiguous() {
        return of_rows(x);
    }
    let flat = x.f_reshape([-1])?;
    let whole = flat.numel() as i64 / NORM_ROW * NORM_ROW;
    let rows = flat.f_narrow(0, 0, whole)?.f_view([-1, NORM_ROW])?;
    let rest = flat.f_narrow(0, whole, flat.numel() as i64 - whole)?;
    of_rows(&rows)?.f_add(&of_rows(&rest)?)
}

/// What gradients of a global norm are multiplied by, so that it is at most `most`.
pub(super) fn clip_scale(norm: f64, most: f64) -> f64 {
    if norm > most {
        most / (norm + 1e-6)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    /// A 20M model's worth of gradients, by whole rows and with a rest, and a matrix that lies transposed.
    #[test]
    fn the_norm_of_many_values_is_that_of_few() {
        for count in [0, 1, NORM_ROW - 1, NORM_ROW, 20_000_001] {
            let x = Tensor::full([count], 0.1, (Kind::Float, tch::Device::Cpu));
            let exact = f64::from(0.1_f32).powi(2) * count as f64;
            let found = f64::try_from(squared_norm(&x).unwrap()).unwrap();
            assert!(
                (found - exact).abs() <= 1e-5 * exact,
                "{count}: {found} and {exact}"
            );
        }
        let x = Tensor::arange(6, (Kind::Float, tch::Device::Cpu)).view([2, 3]);
        let found = f64::try_from(squared_norm(&x.transpose(0, 1)).unwrap()).unwrap();
        assert!((found - 55.0).abs() < 1e-4, "{found}");
    }
}
