//! Scaled dot-product attention over the few patches of a sample, all heads, forward and backward, with dropout on the weights.

use crate::{
    dropout::Mask,
    elementary::exp,
    simd::{add_scaled, dot, simd},
};

/// Samples, patches, heads and width of a head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heads {
    pub(crate) patches: usize,
    pub(crate) heads: usize,
    pub(crate) width: usize,
}

impl Heads {
    fn d_model(&self) -> usize {
        self.heads * self.width
    }

    fn scale(&self) -> f32 {
        1.0 / (self.width as f32).sqrt()
    }
}

/// Part `part` (0 query, 1 key, 2 value) of a token's head in rows `[tokens, 3 · d_model]`.
#[inline(always)]
fn qkv_range(heads: &Heads, token: usize, part: usize, head: usize) -> std::ops::Range<usize> {
    let from = (token * 3 + part) * heads.d_model() + head * heads.width;
    from..from + heads.width
}

/// A token's head in rows `[tokens, d_model]`.
#[inline(always)]
fn head_range(heads: &Heads, token: usize, head: usize) -> std::ops::Range<usize> {
    let from = token * heads.d_model() + head * heads.width;
    from..from + heads.width
}

#[inline(always)]
fn mask_factor(mask: Option<&Mask>, position: u32) -> f32 {
    match mask {
        Some(mask) => mask.at(position),
        None => 1.0,
    }
}

simd! {
    /// From `qkv` `[samples · patches, 3 · d_model]` to `mixed` `[samples · patches, d_model]`; writes the weights before dropout,
    /// `[samples, heads, patches, patches]`.
    fn forward(heads: &Heads, qkv: &[f32], weights: &mut [f32], mixed: &mut [f32], mask: Option<&Mask>, start: u32) {
        let (patches, scale) = (heads.patches, heads.scale());
        for (index, weights) in weights.chunks_exact_mut(patches * patches).enumerate() {
            let (sample, head) = (index / heads.heads, index % heads.heads);
            let first = sample * patches;
            for (query, row) in weights.chunks_exact_mut(patches).enumerate() {
                let q = &qkv[qkv_range(heads, first + query, 0, head)];
                let mut max = f32::NEG_INFINITY;
                for (key, score) in row.iter_mut().enumerate() {
                    *score = scale * dot(q, &qkv[qkv_range(heads, first + key, 1, head)]);
                    max = if *score > max { *score } else { max };
                }
                let mut total = 0.0;
                for score in row.iter_mut() {
                    *score = exp(*score - max);
                    total += *score;
                }
                let from = start.wrapping_add(((index * patches + query) * patches) as u32);
                let out = &mut mixed[head_range(heads, first + query, head)];
                out.fill(0.0);
                for (key, weight) in row.iter_mut().enumerate() {
                    *weight /= total;
                    let masked = *weight * mask_factor(mask, from.wrapping_add(key as u32));
                    add_scaled(out, masked, &qkv[qkv_range(heads, first + key, 2, head)]);
                }
            }
        }
    }
}

simd! {
    /// Gradient of `qkv` from that of `mixed`; `scratch` holds a row of weights.
    fn backward(heads: &Heads, qkv: &[f32], weights: &[f32], dmixed: &[f32], dqkv: &mut [f32], scratch: &mut [f32], mask: Option<&Mask>, start: u32) {
        let (patches, scale) = (heads.patches, heads.scale());
        dqkv.fill(0.0);
        let scratch = &mut scratch[..patches];
        for (index, weights) in weights.chunks_exact(patches * patches).enumerate() {
            let (sample, head) = (index / heads.heads, index % heads.heads);
            let first = sample * patches;
            for (query, row) in weights.chunks_exact(patches).enumerate() {
                let upstream = &dmixed[head_range(heads, first + query, head)];
                let from = start.wrapping_add(((index * patches + query) * patches) as u32);
                let mut along = 0.0;
                for ((key, weight), slope) in row.iter().enumerate().zip(scratch.iter_mut()) {
                    let factor = mask_factor(mask, from.wrapping_add(key as u32));
                    add_scaled(&mut dqkv[qkv_range(heads, first + key, 2, head)], weight * factor, upstream);
                    *slope = factor * dot(upstream, &qkv[qkv_range(heads, first + key, 2, head)]);
                    along += *slope * weight;
                }
                for ((key, weight), slope) in row.iter().enumerate().zip(scratch.iter()) {
                    let dscore = scale * (weight * (slope - along));
                    add_scaled(&mut dqkv[qkv_range(heads, first + query, 0, head)], dscore, &qkv[qkv_range(heads, first + key, 1, head)]);
                    add_scaled(&mut dqkv[qkv_range(heads, first + key, 1, head)], dscore, &qkv[qkv_range(heads, first + query, 0, head)]);
                }
            }
        }
    }
}
