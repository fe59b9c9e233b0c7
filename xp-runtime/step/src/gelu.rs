//! Exact GELU, x·Φ(x) (Hendrycks & Gimpel, arXiv 1606.08415), with dropout behind it, in one pass.

use crate::{
    dropout::Mask,
    elementary::{erf, exp},
    wide::wide,
};

/// 1/√(2π)
const DENSITY: f32 = 0.398_942_3;

wide! {
    /// y = gelu(x + bias)·mask; `x` becomes its derivative.
    fn forward(x: &mut [f32], bias: &[f32], y: &mut [f32], mask: Option<&Mask>, start: u32) {
        let width = bias.len();
        for (row, (x, y)) in x.chunks_exact_mut(width).zip(y.chunks_exact_mut(width)).enumerate() {
            let from = start.wrapping_add((row * width) as u32);
            for (offset, ((x, y), bias)) in x.iter_mut().zip(y).zip(bias).enumerate() {
            let value = *x + bias;
            let phi = 0.5 * (1.0 + erf(value * std::f32::consts::FRAC_1_SQRT_2));
            let slope = phi + value * (DENSITY * exp(-0.5 * value * value));
            let keep = match mask {
                Some(mask) => mask.at(from.wrapping_add(offset as u32)),
                None => 1.0,
            };
            *y = value * phi * keep;
            *x = slope * keep;
            }
        }
    }
}

wide! {
    /// gradient ·= slope; adds the sum over rows to `columns`.
    fn backward(gradient: &mut [f32], slope: &[f32], columns: &mut [f32]) {
        let width = columns.len();
        for (gradient, slope) in gradient.chunks_exact_mut(width).zip(slope.chunks_exact(width)) {
            for ((gradient, slope), column) in gradient.iter_mut().zip(slope).zip(columns.iter_mut()) {
                *gradient *= slope;
                *column += *gradient;
            }
        }
    }
}
