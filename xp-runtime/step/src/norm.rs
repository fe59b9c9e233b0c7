//! Layer normalisation (Ba et al., arXiv 1607.06450) over the last dimension, forward and backward.

use crate::simd::{dot, simd, sum};

const EPS: f32 = 1e-5;

simd! {
    /// y = x̂·weight + bias with x̂ = (x − mean)/√(variance + ε), rows of `weight.len()`; saves x̂ and the inverse deviations.
    fn forward(x: &[f32], weight: &[f32], bias: &[f32], hat: &mut [f32], inverse: &mut [f32], y: &mut [f32]) {
        let width = weight.len();
        let n = width as f32;
        let rows = x.chunks_exact(width).zip(hat.chunks_exact_mut(width)).zip(y.chunks_exact_mut(width));
        for (((x, hat), y), inverse) in rows.zip(inverse.iter_mut()) {
            let mean = sum(x) / n;
            for (hat, x) in hat.iter_mut().zip(x) {
                *hat = x - mean;
            }
            let scale = 1.0 / (dot(hat, hat) / n + EPS).sqrt();
            for (((hat, y), weight), bias) in hat.iter_mut().zip(y).zip(weight).zip(bias) {
                *hat *= scale;
                *y = hat.mul_add(*weight, *bias);
            }
            *inverse = scale;
        }
    }
}

simd! {
    /// Adds to `dx` the gradient of x, to `dweight` and `dbias` theirs; overwrites `dy`.
    fn backward(dy: &mut [f32], weight: &[f32], hat: &[f32], inverse: &[f32], dx: &mut [f32], dweight: &mut [f32], dbias: &mut [f32]) {
        let width = weight.len();
        let n = width as f32;
        let rows = dy.chunks_exact_mut(width).zip(hat.chunks_exact(width)).zip(dx.chunks_exact_mut(width));
        for (((dy, hat), dx), inverse) in rows.zip(inverse) {
            for ((((dy, hat), weight), dweight), dbias) in
                dy.iter_mut().zip(hat).zip(weight).zip(dweight.iter_mut()).zip(dbias.iter_mut())
            {
                *dweight = dy.mul_add(*hat, *dweight);
                *dbias += *dy;
                *dy *= weight;
            }
            let (mean, along) = (sum(dy) / n, dot(dy, hat) / n);
            for ((dx, dy), hat) in dx.iter_mut().zip(dy.iter()).zip(hat) {
                *dx = inverse.mul_add(hat.mul_add(-along, dy - mean), *dx);
            }
        }
    }
}
