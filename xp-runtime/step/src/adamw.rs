//! AdamW (Loshchilov & Hutter, arXiv 1711.05101) with clipping, in one pass over parameters, gradients and moments.

use std::ops::Range;

use crate::{
    executor::{Executor, split},
    simd::{dot, simd},
};

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
    /// Their global norm.
    pub norm: f64,
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
    fn squares(x: &[f32]) -> f64 {
        // A loop: what goes through an iterator's closure is compiled without the instructions.
        let mut sum = 0.0;
        for block in x.chunks(BLOCK) {
            sum += f64::from(dot(block, block));
        }
        sum
    }
}

simd! {
    fn pass(parameters: &mut [f32], gradients: &[f32], first: &mut [f32], second: &mut [f32], factors: &Factors) {
        let Factors { clip, rest1, rest2, root, eps, rate, shrink } = *factors;
        for (((parameter, gradient), first), second) in parameters.iter_mut().zip(gradients).zip(first).zip(second) {
            let gradient = gradient * clip;
            *first = rest1.mul_add(gradient - *first, *first);
            *second = rest2.mul_add(gradient.mul_add(gradient, -*second), *second);
            *parameter = *parameter * shrink - rate * (*first / (second.sqrt() * root + eps));
        }
    }
}

/// Global norm of gradients.
pub fn norm(executor: &Executor, gradients: &[f32]) -> f64 {
    let vectors = executor.kernels.vectors;
    let parts = executor.parts(gradients.len(), BLOCK);
    let squares = executor.run(parts, |part| squares(vectors, &gradients[part]));
    squares.iter().sum::<f64>().sqrt()
}

impl AdamW {
    /// One step on flat buffers by all threads; `decays` are the ranges that weight decay acts on, in order.
    pub fn step(
        &self,
        executor: &Executor,
        update: &Update,
        decays: &[Range<usize>],
        parameters: &mut [f32],
        gradients: &[f32],
        (first, second): (&mut [f32], &mut [f32]),
    ) {
        let steps = i32::try_from(update.step).unwrap_or(i32::MAX);
        let (bias1, bias2) = (1.0 - self.beta1.powi(steps), 1.0 - self.beta2.powi(steps));
        let clip = if update.norm > update.clip_norm {
            update.clip_norm / (update.norm + 1e-6)
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
        let vectors = executor.kernels.vectors;
        let cuts: Vec<_> = executor.parts(gradients.len(), BLOCK).collect();
        let parts = cuts.iter().cloned();
        let buffers = split(parameters, &cuts)
            .zip(split(first, &cuts))
            .zip(split(second, &cuts));
        executor.run(
            parts.zip(buffers),
            |(part, ((parameters, first), second))| {
                let mut run = |range: Range<usize>, factors: &Factors| {
                    let range = range.start.max(part.start)..range.end.min(part.end);
                    if range.is_empty() {
                        return;
                    }
                    let here = range.start - part.start..range.end - part.start;
                    pass(
                        vectors,
                        &mut parameters[here.clone()],
                        &gradients[range],
                        &mut first[here.clone()],
                        &mut second[here],
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
            },
        );
    }
}
