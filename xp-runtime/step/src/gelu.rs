//! Exact GELU, x·Φ(x) (Hendrycks & Gimpel, arXiv 1606.08415), with dropout behind it, in one pass.

use crate::{
    dropout::Mask,
    elementary::{erf, exp},
    simd::simd,
};

/// 1/√(2π)
const DENSITY: f32 = 0.398_942_3;

/// Entries whose mask is drawn at once: a loop that also draws is not vectorised.
const BLOCK: usize = 64;

simd! {
    /// y = gelu(x + bias)·mask; `x` becomes its derivative.
    fn forward(x: &mut [f32], bias: &[f32], y: &mut [f32], mask: Option<&Mask>, start: u32) {
        let width = bias.len();
        for (row, (x, y)) in x.chunks_exact_mut(width).zip(y.chunks_exact_mut(width)).enumerate() {
            let from = start.wrapping_add((row * width) as u32);
            let blocks = x.chunks_mut(BLOCK).zip(y.chunks_mut(BLOCK)).zip(bias.chunks(BLOCK));
            for (block, ((x, y), bias)) in blocks.enumerate() {
                let mut factor = [1.0; BLOCK];
                if let Some(mask) = mask {
                    let from = from.wrapping_add((block * BLOCK) as u32);
                    for (offset, factor) in factor.iter_mut().enumerate() {
                        *factor = mask.at(from.wrapping_add(offset as u32));
                    }
                }
                for (((x, y), bias), factor) in x.iter_mut().zip(y).zip(bias).zip(&factor) {
                    let value = *x + bias;
                    let phi = 0.5 * (1.0 + erf(value * std::f32::consts::FRAC_1_SQRT_2));
                    let slope = value.mul_add(DENSITY * exp(-0.5 * value * value), phi);
                    *y = value * phi * factor;
                    *x = slope * factor;
                }
            }
        }
    }
}

simd! {
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
