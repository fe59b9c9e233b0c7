//! The forward pass of one thread's part of a batch (Vaswani et al., arXiv 1706.03762, pre-norm).

use crate::{
    attention, dropout, gelu,
    layout::{Layer, Layout, Pair, Shape},
    masks::Masks,
    norm,
    product::{Product, multiply},
    revin, rows,
    samples::Samples,
    shard::Shard,
    simd::dot,
};

impl Shard {
    /// Logits of samples; what the backward pass needs is saved.
    pub(crate) fn forward(
        &mut self,
        parameters: &[f32],
        layout: &Layout,
        samples: &Samples<'_>,
        masks: Masks<'_>,
    ) {
        let shape = self.shape;
        let (d, patches) = (shape.d_model, shape.patches);
        let n = samples.rows.len();
        let tokens = n * patches;
        self.embed(parameters, layout, samples);
        for (index, layer) in layout.layers.iter().enumerate() {
            self.layer_forward(parameters, (index, layer), masks, n);
        }
        let x = &self.x[..tokens * d];
        let (weight, bias) = of(parameters, &layout.norm);
        norm::forward(
            x,
            weight,
            bias,
            &mut self.hat,
            &mut self.inverse[..tokens],
            &mut self.flat,
        );
        let (mask, start) = masks.site(4 * shape.layers, patches * d);
        if let Some(mask) = mask {
            dropout::apply(&mut self.flat[..tokens * d], mask, start);
        }
        let weight = &parameters[layout.head.weight.clone()];
        let bias = parameters[layout.head.bias.start];
        for (logit, flat) in self.logits[..n]
            .iter_mut()
            .zip(self.flat.chunks_exact(patches * d))
        {
            *logit = dot(flat, weight) + bias;
        }
    }

    /// One encoder layer on `x`; what its backward pass needs is saved in `layers`.
    fn layer_forward(
        &mut self,
        parameters: &[f32],
        (index, layer): (usize, &Layer),
        masks: Masks<'_>,
        n: usize,
    ) {
        let Shape {
            d_model: d,
            d_ff: ff,
            patches,
            ..
        } = self.shape;
        let heads = self.heads();
        let tokens = n * patches;
        let saved = &mut self.layers[index];
        let x = &mut self.x[..tokens * d];
        let narrow = &mut self.narrow[..tokens * d];

        let (weight, bias) = of(parameters, &layer.norm1);
        let inverse = &mut saved.inverse1[..tokens];
        norm::forward(
            x,
            weight,
            bias,
            &mut saved.hat1,
            inverse,
            &mut saved.normed1,
        );
        let (weight, bias) = of(parameters, &layer.qkv);
        let qkv = &mut saved.qkv[..tokens * 3 * d];
        linear((tokens, 3 * d, d), &saved.normed1, weight, qkv);
        rows::add_bias(qkv, bias);
        let weights = &mut saved.weights[..n * heads.heads * patches * patches];
        let (mask, start) = masks.site(4 * index, heads.heads * patches * patches);
        attention::forward(&heads, qkv, weights, &mut saved.mixed, mask, start);
        let (weight, bias) = of(parameters, &layer.out);
        linear((tokens, d, d), &saved.mixed, weight, narrow);
        let (mask, start) = masks.site(4 * index + 1, patches * d);
        rows::residual(x, narrow, bias, mask, start);

        let (weight, bias) = of(parameters, &layer.norm2);
        let inverse = &mut saved.inverse2[..tokens];
        norm::forward(
            x,
            weight,
            bias,
            &mut saved.hat2,
            inverse,
            &mut saved.normed2,
        );
        let (weight, bias) = of(parameters, &layer.inner);
        let slope = &mut saved.slope[..tokens * ff];
        linear((tokens, ff, d), &saved.normed2, weight, slope);
        let (mask, start) = masks.site(4 * index + 2, patches * ff);
        gelu::forward(slope, bias, &mut saved.active, mask, start);
        let (weight, bias) = of(parameters, &layer.outer);
        linear((tokens, d, ff), &saved.active, weight, narrow);
        let (mask, start) = masks.site(4 * index + 3, patches * d);
        rows::residual(x, narrow, bias, mask, start);
    }

    /// Windows → patches, each with its window's level → `x`; a patch's values are contiguous in the data.
    fn embed(&mut self, parameters: &[f32], layout: &Layout, samples: &Samples<'_>) {
        let shape = self.shape;
        let features = shape.features;
        let (scaled, width) = (shape.patch_width(), shape.embedded_width());
        let (mean, scale) = self.statistics.split_at_mut(features);
        let into = if shape.revin {
            &mut self.plain
        } else {
            &mut self.patches
        };
        for (row, patches) in samples
            .rows
            .iter()
            .zip(into.chunks_exact_mut(shape.patches * width))
        {
            let end = (*row as usize + 1) * features;
            self.window
                .copy_from_slice(&samples.data[end - shape.context * features..end]);
            if shape.revin {
                revin::normalise(&mut self.window, mean, scale);
            }
            let level = &samples.levels[*row as usize * shape.level..][..shape.level];
            for (index, patch) in patches.chunks_exact_mut(width).enumerate() {
                let from = index * shape.stride * features;
                patch[..scaled].copy_from_slice(&self.window[from..from + scaled]);
                patch[scaled..].copy_from_slice(level);
            }
        }
        let tokens = samples.rows.len() * shape.patches;
        if let Some(revin) = &layout.revin {
            let (gamma, beta) = of(parameters, revin);
            revin::affine(
                &self.plain[..tokens * width],
                width,
                scaled,
                gamma,
                beta,
                &mut self.patches,
            );
        }
        let (weight, bias) = of(parameters, &layout.embed);
        let x = &mut self.x[..tokens * shape.d_model];
        linear((tokens, shape.d_model, width), &self.patches, weight, x);
        rows::add_positions(x, bias, &parameters[layout.positions.clone()]);
    }
}

/// A weight and its bias.
fn of<'a>(parameters: &'a [f32], pair: &Pair) -> (&'a [f32], &'a [f32]) {
    (
        &parameters[pair.weight.clone()],
        &parameters[pair.bias.clone()],
    )
}

/// y = x·Wᵀ, x `[tokens, inputs]`, W `[outputs, inputs]`; `size` is (tokens, outputs, inputs).
fn linear(size: (usize, usize, usize), x: &[f32], weight: &[f32], y: &mut [f32]) {
    multiply(Product::SecondTransposed, size, x, weight, y);
}
