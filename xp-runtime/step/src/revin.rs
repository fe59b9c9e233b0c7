//! RevIN's normalisation of a window (Kim et al., ICLR 2022), as the original study has it: (x − mean) / (std + ε), std with n − 1.

use crate::simd::simd;

const EPS: f32 = 1e-5;

simd! {
    /// Normalises a window `[context, features]` in place; `mean` and `scale` are scratch, `[features]` each.
    fn normalise(window: &mut [f32], mean: &mut [f32], scale: &mut [f32]) {
        let features = mean.len();
        let context = (window.len() / features) as f32;
        mean.fill(0.0);
        for row in window.chunks_exact(features) {
            for (mean, x) in mean.iter_mut().zip(row) {
                *mean += x;
            }
        }
        for mean in mean.iter_mut() {
            *mean /= context;
        }
        scale.fill(0.0);
        for row in window.chunks_exact_mut(features) {
            for ((x, mean), scale) in row.iter_mut().zip(mean.iter()).zip(scale.iter_mut()) {
                *x -= mean;
                *scale += *x * *x;
            }
        }
        for scale in scale.iter_mut() {
            // One bar has no deviation: it becomes 0, not NaN.
            *scale = 1.0 / ((*scale / (context - 1.0).max(1.0)).sqrt() + EPS);
        }
        for row in window.chunks_exact_mut(features) {
            for (x, scale) in row.iter_mut().zip(scale.iter()) {
                *x *= scale;
            }
        }
    }
}

simd! {
    /// y = x·gamma + beta for the first `scaled` of each `width` values, rows of features; the level of the window behind them is copied.
    fn affine(x: &[f32], width: usize, scaled: usize, gamma: &[f32], beta: &[f32], y: &mut [f32]) {
        let features = gamma.len();
        for (y, x) in y.chunks_exact_mut(width).zip(x.chunks_exact(width)) {
            let (patch, level) = x.split_at(scaled);
            let (y, behind) = y.split_at_mut(scaled);
            for (y, x) in y.chunks_exact_mut(features).zip(patch.chunks_exact(features)) {
                for (((y, x), gamma), beta) in y.iter_mut().zip(x).zip(gamma).zip(beta) {
                    *y = x * gamma + beta;
                }
            }
            behind.copy_from_slice(level);
        }
    }
}

simd! {
    /// Gradients of the embedding's weight and of gamma and beta, from dW = dEᵀ·x̂ in `dweight` and db in `dbias`: what reaches a patch is
    /// dE·W, so dγ = Σ W·dW over what it scales, dβ = Σ W·db, and the weight's input is x̂·γ + β. It scales the first `scaled` of each
    /// output's weights; behind them are those of the level, whose gradient is dW.
    fn gradients(weight: &[f32], dweight: &mut [f32], dbias: &[f32], scaled: usize, gamma: &[f32], beta: &[f32], dgamma: &mut [f32], dbeta: &mut [f32]) {
        let features = gamma.len();
        let width = dweight.len() / dbias.len();
        for ((weight, dweight), db) in weight.chunks_exact(width).zip(dweight.chunks_exact_mut(width)).zip(dbias) {
            let (weight, dweight) = (&weight[..scaled], &mut dweight[..scaled]);
            for (weight, dweight) in weight.chunks_exact(features).zip(dweight.chunks_exact_mut(features)) {
                for (feature, (weight, dweight)) in weight.iter().zip(dweight.iter_mut()).enumerate() {
                    dgamma[feature] += weight * *dweight;
                    dbeta[feature] += weight * db;
                    *dweight = gamma[feature] * *dweight + beta[feature] * db;
                }
            }
        }
    }
}
