//! AdamW (Loshchilov & Hutter, arXiv 1711.05101) with clipping, in one pass over parameters, gradients and moments.

use std::ops::Range;

use crate::simd::{LANES, across, simd};

/// Values whose squares are summed in f32 before they go on in f64.
const BLOCK: usize = 4096;

/// One step's numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Update {
    /// Learning rate.
    pub rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Largest global norm of the gradients.
    pub clip_norm: f64,
    /// Which step this is, from 1.
    pub step: u64,
}

/// Decay rates of the moments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamW {
    /// Of the first moment.
    pub beta1: f64,
    /// Of the second moment.
    pub beta2: f64,
    /// Added to the root.
    pub eps: f64,
}

pub(crate) struct Factors {
    clip: f32,
    rest1: f32,
    rest2: f32,
    /// 1 / √(1 − β₂ᵗ)
    root: f32,
    eps: f32,
    rate: f32,
    shrink: f32,
}

simd! {
    fn block_squares(x: &[f32]) -> f32 {
        let (wide, rest) = x.as_chunks::<LANES>();
        let mut lanes = [0.0; LANES];
        for chunk in wide {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane += x * x;
            }
        }
        across(lanes) + rest.iter().map(|x| x * x).sum::<f32>()
    }
}

simd! {
    fn pass(parameters: &mut [f32], gradients: &[f32], first: &mut [f32], second: &mut [f32], factors: &Factors) {
        let Factors { clip, rest1, rest2, root, eps, rate, shrink } = *factors;
        for (((parameter, gradient), first), second) in parameters.iter_mut().zip(gradients).zip(first).zip(second) {
            let gradient = gradient * clip;
            *first += rest1 * (gradient - *first);
            *second += rest2 * (gradient * gradient - *second);
            *parameter = *parameter * shrink - rate * (*first / (second.sqrt() * root + eps));
        }
    }
}

/// Global norm of gradients.
pub fn norm(gradients: &[f32]) -> f64 {
    gradients
        .chunks(BLOCK)
        .map(|block| f64::from(block_squares(block)))
        .sum::<f64>()
        .sqrt()
}

impl AdamW {
    /// One step on flat buffers; `decays` are the ranges that weight decay acts on, in order; `norm` is that of the gradients.
    pub fn step(
        &self,
        update: &Update,
        norm: f64,
        decays: &[Range<usize>],
        parameters: &mut [f32],
        gradients: &[f32],
        (first, second): (&mut [f32], &mut [f32]),
    ) {
        let steps = i32::try_from(update.step).unwrap_or(i32::MAX);
        let (bias1, bias2) = (1.0 - self.beta1.powi(steps), 1.0 - self.beta2.powi(steps));
        let clip = if norm > update.clip_norm {
            update.clip_norm / (norm + 1e-6)
        } else {
            1.0
        };
        let factors = |decay: f64| Factors {
            clip: clip as f32,
            rest1: (1.0 - self.beta1) as f32,
            rest2: (1.0 - self.beta2) as f32,
            root: (1.0 / bias2.sqrt()) as f32,
            eps: self.eps as f32,
            rate: (update.rate / bias1) as f32,
            shrink: (1.0 - update.rate * decay) as f32,
        };
        let (plain, decaying) = (factors(0.0), factors(update.weight_decay));
        let mut run = |range: Range<usize>, factors: &Factors| {
            pass(
                &mut parameters[range.clone()],
                &gradients[range.clone()],
                &mut first[range.clone()],
                &mut second[range],
                factors,
            );
        };
        let mut done = 0;
        for range in decays {
            run(done..range.start, &plain);
            run(range.clone(), &decaying);
            done = range.end;
        }
        run(done..gradients.len(), &plain);
    }
}
