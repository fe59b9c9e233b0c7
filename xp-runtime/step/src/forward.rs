//! The forward pass of one thread's part of a batch (Vaswani et al., arXiv 1706.03762, pre-norm).

use crate::{
    attention,
    block::{Block, blocks},
    dropout, gelu,
    kernels::Kernels,
    layout::{Layer, Layout, Pair, Shape},
    masks::Masks,
    norm,
    product::Product,
    revin, rows,
    samples::Samples,
    shard::Shard,
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
        let (shape, kernels) = (self.shape, self.kernels);
        let vectors = kernels.vectors;
        let (d, patches) = (shape.d_model, shape.patches);
        let n = samples.rows.len();
        let tokens = n * patches;
        self.embed(parameters, layout, samples);
        for (index, layer) in layout.layers.iter().enumerate() {
            for block in blocks(n, patches) {
                self.layer_forward(parameters, (index, layer), masks, &block);
            }
        }
        let x = &self.x[..tokens * d];
        let (weight, bias) = of(parameters, &layout.norm);
        norm::forward(
            vectors,
            x,
            weight,
            bias,
            &mut self.hat,
            &mut self.inverse[..tokens],
            &mut self.flat,
        );
        let (mask, start) = masks.site(4 * shape.layers, patches * d);
        if let Some(mask) = mask {
            dropout::apply(vectors, &mut self.flat[..tokens * d], mask, start);
        }
        let weight = &parameters[layout.head.weight.clone()];
        let bias = parameters[layout.head.bias.start];
        for (logit, flat) in self.logits[..n]
            .iter_mut()
            .zip(self.flat.chunks_exact(patches * d))
        {
            *logit = rows::dot(vectors, flat, weight) + bias;
        }
    }

    /// One encoder layer on `x` of a block; what its backward pass needs is saved in `layers`.
    fn layer_forward(
        &mut self,
        parameters: &[f32],
        (index, layer): (usize, &Layer),
        masks: Masks<'_>,
        block: &Block,
    ) {
        let Shape {
            d_model: d,
            d_ff: ff,
            patches,
            ..
        } = self.shape;
        let kernels = self.kernels;
        let vectors = kernels.vectors;
        let heads = self.heads();
        let masks = masks.from(block.samples.start);
        let tokens = block.tokens();
        let saved = &mut self.layers[index];
        let x = &mut self.x[block.rows(d)];
        let narrow = &mut self.narrow[..tokens * d];

        let (weight, bias) = of(parameters, &layer.norm1);
        let inverse = &mut saved.inverse1[block.rows(1)];
        let hat = &mut saved.hat1[block.rows(d)];
        let normed = &mut saved.normed1[block.rows(d)];
        norm::forward(vectors, x, weight, bias, hat, inverse, normed);
        let (weight, bias) = of(parameters, &layer.qkv);
        let qkv = &mut saved.qkv[block.rows(3 * d)];
        linear(kernels, (tokens, 3 * d, d), normed, weight, qkv);
        rows::add_bias(vectors, qkv, bias);
        let weights = &mut saved.weights[block.rows(heads.heads * patches)];
        let mixed = &mut saved.mixed[block.rows(d)];
        let (mask, start) = masks.site(4 * index, heads.heads * patches * patches);
        attention::forward(vectors, &heads, qkv, weights, mixed, mask, start);
        let (weight, bias) = of(parameters, &layer.out);
        linear(kernels, (tokens, d, d), mixed, weight, narrow);
        let (mask, start) = masks.site(4 * index + 1, patches * d);
        rows::residual(vectors, x, narrow, bias, mask, start);

        let (weight, bias) = of(parameters, &layer.norm2);
        let inverse = &mut saved.inverse2[block.rows(1)];
        let hat = &mut saved.hat2[block.rows(d)];
        let normed = &mut saved.normed2[block.rows(d)];
        norm::forward(vectors, x, weight, bias, hat, inverse, normed);
        let (weight, bias) = of(parameters, &layer.inner);
        let slope = &mut saved.slope[block.rows(ff)];
        let active = &mut saved.active[block.rows(ff)];
        linear(kernels, (tokens, ff, d), normed, weight, slope);
        let (mask, start) = masks.site(4 * index + 2, patches * ff);
        gelu::forward(vectors, slope, bias, active, mask, start);
        let (weight, bias) = of(parameters, &layer.outer);
        linear(kernels, (tokens, d, ff), active, weight, narrow);
        let (mask, start) = masks.site(4 * index + 3, patches * d);
        rows::residual(vectors, x, narrow, bias, mask, start);
    }

    /// Windows → patches, each with its window's level → `x`; a patch's values are contiguous in the data.
    fn embed(&mut self, parameters: &[f32], layout: &Layout, samples: &Samples<'_>) {
        let (shape, kernels) = (self.shape, self.kernels);
        let vectors = kernels.vectors;
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
                revin::normalise(vectors, &mut self.window, mean, scale);
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
                vectors,
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
        linear(
            kernels,
            (tokens, shape.d_model, width),
            &self.patches,
            weight,
            x,
        );
        rows::add_positions(vectors, x, bias, &parameters[layout.positions.clone()]);
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
fn linear(kernels: Kernels, size: (usize, usize, usize), x: &[f32], weight: &[f32], y: &mut [f32]) {
    kernels
        .products
        .multiply(Product::SecondTransposed, size, x, weight, y);
}
