//! Forward and backward pass of one thread's part of a batch over buffers that are made once (Vaswani et al., arXiv 1706.03762, pre-norm).

use crate::{
    attention::{self, Heads},
    dropout::{self, Mask},
    gelu,
    layout::{Layer, Layout, Pair, Shape},
    norm,
    product::{Product, multiply, multiply_onto},
    revin, rows,
    step::Samples,
    wide::{add_scaled, dot},
};

/// What a layer keeps of its forward pass.
struct Kept {
    hat1: Vec<f32>,
    inverse1: Vec<f32>,
    normed1: Vec<f32>,
    qkv: Vec<f32>,
    weights: Vec<f32>,
    mixed: Vec<f32>,
    hat2: Vec<f32>,
    inverse2: Vec<f32>,
    normed2: Vec<f32>,
    slope: Vec<f32>,
    active: Vec<f32>,
}

/// Buffers for up to `capacity` samples.
pub(crate) struct Shard {
    shape: Shape,
    capacity: usize,
    window: Vec<f32>,
    statistics: Vec<f32>,
    /// Patches as the embedding sees them, and before RevIN's affine part.
    patches: Vec<f32>,
    plain: Vec<f32>,
    x: Vec<f32>,
    layers: Vec<Kept>,
    hat: Vec<f32>,
    inverse: Vec<f32>,
    flat: Vec<f32>,
    narrow: Vec<f32>,
    other: Vec<f32>,
    wide: Vec<f32>,
    triple: Vec<f32>,
    row: Vec<f32>,
    pub(crate) logits: Vec<f32>,
}

/// Which part of a thread's samples a backward pass is of: the first overwrites gradients of weights, the last ends what is made of their
/// sum.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) first: bool,
    pub(crate) last: bool,
}

/// Masks of a pass by site, and the batch's sample that a shard starts with: entries are numbered over the whole batch.
#[derive(Clone, Copy)]
pub(crate) struct Masks<'a> {
    pub(crate) sites: &'a [Option<Mask>],
    pub(crate) first: usize,
}

impl<'a> Masks<'a> {
    /// The mask of a site and the position of this shard's first entry, with `width` entries per sample.
    fn site(&self, site: usize, width: usize) -> (Option<&'a Mask>, u32) {
        let mask = self.sites.get(site).and_then(Option::as_ref);
        (mask, (self.first * width) as u32)
    }
}

impl Shard {
    pub(crate) fn new(shape: Shape, capacity: usize) -> Self {
        let tokens = capacity * shape.patches;
        let (d, ff) = (shape.d_model, shape.d_ff);
        let zeros = |len: usize| vec![0.0_f32; len];
        let kept = || Kept {
            hat1: zeros(tokens * d),
            inverse1: zeros(tokens),
            normed1: zeros(tokens * d),
            qkv: zeros(tokens * 3 * d),
            weights: zeros(capacity * shape.heads * shape.patches * shape.patches),
            mixed: zeros(tokens * d),
            hat2: zeros(tokens * d),
            inverse2: zeros(tokens),
            normed2: zeros(tokens * d),
            slope: zeros(tokens * ff),
            active: zeros(tokens * ff),
        };
        Self {
            shape,
            capacity,
            window: zeros(shape.context * shape.features),
            statistics: zeros(2 * shape.features),
            patches: zeros(tokens * shape.patch_width()),
            plain: zeros(if shape.revin {
                tokens * shape.patch_width()
            } else {
                0
            }),
            x: zeros(tokens * d),
            layers: (0..shape.layers).map(|_| kept()).collect(),
            hat: zeros(tokens * d),
            inverse: zeros(tokens),
            flat: zeros(tokens * d),
            narrow: zeros(tokens * d),
            other: zeros(tokens * d),
            wide: zeros(tokens * ff),
            triple: zeros(tokens * 3 * d),
            row: zeros(shape.patches),
            logits: zeros(capacity),
        }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    fn heads(&self) -> Heads {
        Heads {
            patches: self.shape.patches,
            heads: self.shape.heads,
            width: self.shape.d_model / self.shape.heads,
        }
    }

    /// Logits of samples, kept for the backward pass.
    pub(crate) fn forward(
        &mut self,
        parameters: &[f32],
        layout: &Layout,
        samples: &Samples<'_>,
        masks: Masks<'_>,
    ) {
        let shape = self.shape;
        let (d, ff, patches) = (shape.d_model, shape.d_ff, shape.patches);
        let n = samples.rows.len();
        let tokens = n * patches;
        self.embed(parameters, layout, samples);
        let heads = self.heads();
        let x = &mut self.x[..tokens * d];
        let narrow = &mut self.narrow[..tokens * d];
        for (index, (layer, kept)) in layout.layers.iter().zip(&mut self.layers).enumerate() {
            let of = |pair: &Pair| {
                (
                    &parameters[pair.weight.clone()],
                    &parameters[pair.bias.clone()],
                )
            };
            let (weight, bias) = of(&layer.norm1);
            norm::forward(
                x,
                weight,
                bias,
                &mut kept.hat1,
                &mut kept.inverse1[..tokens],
                &mut kept.normed1,
            );
            let (weight, bias) = of(&layer.qkv);
            let qkv = &mut kept.qkv[..tokens * 3 * d];
            multiply(
                Product::SecondTransposed,
                (tokens, 3 * d, d),
                &kept.normed1,
                weight,
                qkv,
            );
            rows::add_bias(qkv, bias);
            let weights = &mut kept.weights[..n * heads.heads * patches * patches];
            let (mask, start) = masks.site(4 * index, heads.heads * patches * patches);
            attention::forward(&heads, qkv, weights, &mut kept.mixed, mask, start);
            let (weight, bias) = of(&layer.out);
            multiply(
                Product::SecondTransposed,
                (tokens, d, d),
                &kept.mixed,
                weight,
                narrow,
            );
            let (mask, start) = masks.site(4 * index + 1, patches * d);
            rows::residual(x, narrow, bias, mask, start);
            let (weight, bias) = of(&layer.norm2);
            norm::forward(
                x,
                weight,
                bias,
                &mut kept.hat2,
                &mut kept.inverse2[..tokens],
                &mut kept.normed2,
            );
            let (weight, bias) = of(&layer.inner);
            let slope = &mut kept.slope[..tokens * ff];
            multiply(
                Product::SecondTransposed,
                (tokens, ff, d),
                &kept.normed2,
                weight,
                slope,
            );
            let (mask, start) = masks.site(4 * index + 2, patches * ff);
            gelu::forward(slope, bias, &mut kept.active, mask, start);
            let (weight, bias) = of(&layer.outer);
            multiply(
                Product::SecondTransposed,
                (tokens, d, ff),
                &kept.active,
                weight,
                narrow,
            );
            let (mask, start) = masks.site(4 * index + 3, patches * d);
            rows::residual(x, narrow, bias, mask, start);
        }
        let (weight, bias) = (
            &parameters[layout.norm.weight.clone()],
            &parameters[layout.norm.bias.clone()],
        );
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

    /// Windows → patches → `x`: a patch's values lie side by side in the data already.
    fn embed(&mut self, parameters: &[f32], layout: &Layout, samples: &Samples<'_>) {
        let shape = self.shape;
        let (features, width) = (shape.features, shape.patch_width());
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
            for (index, patch) in patches.chunks_exact_mut(width).enumerate() {
                let from = index * shape.stride * features;
                patch.copy_from_slice(&self.window[from..from + width]);
            }
        }
        let tokens = samples.rows.len() * shape.patches;
        if let Some(revin) = &layout.revin {
            let (gamma, beta) = (
                &parameters[revin.weight.clone()],
                &parameters[revin.bias.clone()],
            );
            revin::affine(
                &self.plain[..tokens * width],
                gamma,
                beta,
                &mut self.patches,
            );
        }
        let weight = &parameters[layout.embed.weight.clone()];
        let x = &mut self.x[..tokens * shape.d_model];
        multiply(
            Product::SecondTransposed,
            (tokens, shape.d_model, width),
            &self.patches,
            weight,
            x,
        );
        rows::add_positions(
            x,
            &parameters[layout.embed.bias.clone()],
            &parameters[layout.positions.clone()],
        );
    }

    /// Gradients from those of the logits, added to; those of weights are overwritten by the first turn.
    pub(crate) fn backward(
        &mut self,
        parameters: &[f32],
        layout: &Layout,
        masks: Masks<'_>,
        dlogits: &[f32],
        gradients: &mut [f32],
        turn: Turn,
    ) {
        let shape = self.shape;
        let (d, patches) = (shape.d_model, shape.patches);
        let tokens = dlogits.len() * patches;
        let (mask, start) = masks.site(4 * shape.layers, patches * d);
        let weight = &parameters[layout.head.weight.clone()];
        let dhead = &mut gradients[layout.head.weight.clone()];
        if turn.first {
            dhead.fill(0.0);
        }
        let rows = self
            .narrow
            .chunks_exact_mut(patches * d)
            .zip(self.flat.chunks_exact(patches * d));
        for ((dflat, flat), dlogit) in rows.zip(dlogits) {
            add_scaled(dhead, *dlogit, flat);
            dflat.fill(0.0);
            add_scaled(dflat, *dlogit, weight);
        }
        gradients[layout.head.bias.start] += dlogits.iter().sum::<f32>();
        let narrow = &mut self.narrow[..tokens * d];
        if let Some(mask) = mask {
            dropout::apply(narrow, mask, start);
        }
        let dx = &mut self.x[..tokens * d];
        dx.fill(0.0);
        let inverse = &self.inverse[..tokens];
        norm_backward(
            parameters,
            &layout.norm,
            gradients,
            narrow,
            &self.hat,
            inverse,
            dx,
        );
        for (index, layer) in layout.layers.iter().enumerate().rev() {
            self.layer_backward(parameters, (index, layer), masks, tokens, gradients, turn);
        }
        self.embed_backward(parameters, layout, tokens, gradients, turn);
    }

    fn layer_backward(
        &mut self,
        parameters: &[f32],
        (index, layer): (usize, &Layer),
        masks: Masks<'_>,
        tokens: usize,
        gradients: &mut [f32],
        turn: Turn,
    ) {
        let Shape {
            d_model: d,
            d_ff: ff,
            patches,
            ..
        } = self.shape;
        let heads = self.heads();
        let kept = &self.layers[index];
        let dx = &mut self.x[..tokens * d];
        let narrow = &mut self.narrow[..tokens * d];
        let other = &mut self.other[..tokens * d];
        let wide = &mut self.wide[..tokens * ff];
        let triple = &mut self.triple[..tokens * 3 * d];

        let (mask, start) = masks.site(4 * index + 3, patches * d);
        rows::masked(
            narrow,
            dx,
            &mut gradients[layer.outer.bias.clone()],
            mask,
            start,
        );
        multiply_onto(
            !turn.first,
            Product::FirstTransposed,
            (d, ff, tokens),
            narrow,
            &kept.active,
            &mut gradients[layer.outer.weight.clone()],
        );
        multiply(
            Product::Plain,
            (tokens, ff, d),
            narrow,
            &parameters[layer.outer.weight.clone()],
            wide,
        );
        gelu::backward(wide, &kept.slope, &mut gradients[layer.inner.bias.clone()]);
        multiply_onto(
            !turn.first,
            Product::FirstTransposed,
            (ff, d, tokens),
            wide,
            &kept.normed2,
            &mut gradients[layer.inner.weight.clone()],
        );
        multiply(
            Product::Plain,
            (tokens, d, ff),
            wide,
            &parameters[layer.inner.weight.clone()],
            other,
        );
        norm_backward(
            parameters,
            &layer.norm2,
            gradients,
            other,
            &kept.hat2,
            &kept.inverse2[..tokens],
            dx,
        );

        let (mask, start) = masks.site(4 * index + 1, patches * d);
        rows::masked(
            narrow,
            dx,
            &mut gradients[layer.out.bias.clone()],
            mask,
            start,
        );
        multiply_onto(
            !turn.first,
            Product::FirstTransposed,
            (d, d, tokens),
            narrow,
            &kept.mixed,
            &mut gradients[layer.out.weight.clone()],
        );
        multiply(
            Product::Plain,
            (tokens, d, d),
            narrow,
            &parameters[layer.out.weight.clone()],
            other,
        );
        let weights = &kept.weights[..tokens * heads.heads * patches];
        let (mask, start) = masks.site(4 * index, heads.heads * patches * patches);
        attention::backward(
            &heads,
            &kept.qkv,
            weights,
            other,
            triple,
            &mut self.row,
            mask,
            start,
        );
        rows::column_sums(triple, &mut gradients[layer.qkv.bias.clone()]);
        multiply_onto(
            !turn.first,
            Product::FirstTransposed,
            (3 * d, d, tokens),
            triple,
            &kept.normed1,
            &mut gradients[layer.qkv.weight.clone()],
        );
        multiply(
            Product::Plain,
            (tokens, d, 3 * d),
            triple,
            &parameters[layer.qkv.weight.clone()],
            other,
        );
        norm_backward(
            parameters,
            &layer.norm1,
            gradients,
            other,
            &kept.hat1,
            &kept.inverse1[..tokens],
            dx,
        );
    }

    fn embed_backward(
        &mut self,
        parameters: &[f32],
        layout: &Layout,
        tokens: usize,
        gradients: &mut [f32],
        turn: Turn,
    ) {
        let shape = self.shape;
        let (d, width) = (shape.d_model, shape.patch_width());
        let dx = &self.x[..tokens * d];
        rows::column_sums(dx, &mut gradients[layout.positions.clone()]);
        rows::column_sums(dx, &mut gradients[layout.embed.bias.clone()]);
        let patches = if shape.revin {
            &self.plain
        } else {
            &self.patches
        };
        multiply_onto(
            !turn.first,
            Product::FirstTransposed,
            (d, width, tokens),
            dx,
            patches,
            &mut gradients[layout.embed.weight.clone()],
        );
        if let Some(pair) = layout.revin.as_ref().filter(|_| turn.last) {
            // Gamma and beta are the last parameters, the embedding the first.
            let (before, behind) = gradients.split_at_mut(pair.weight.start);
            let (dgamma, dbeta) = behind.split_at_mut(pair.weight.len());
            let (dweight, rest) = before.split_at_mut(layout.embed.weight.end);
            revin::gradients(
                &parameters[layout.embed.weight.clone()],
                dweight,
                &rest[..d],
                &parameters[pair.weight.clone()],
                &parameters[pair.bias.clone()],
                dgamma,
                dbeta,
            );
        }
    }
}

fn norm_backward(
    parameters: &[f32],
    pair: &Pair,
    gradients: &mut [f32],
    dy: &mut [f32],
    hat: &[f32],
    inverse: &[f32],
    dx: &mut [f32],
) {
    // A norm's bias lies behind its weight.
    let (before, behind) = gradients.split_at_mut(pair.bias.start);
    let (dweight, dbias) = (
        &mut before[pair.weight.clone()],
        &mut behind[..pair.bias.len()],
    );
    norm::backward(
        dy,
        &parameters[pair.weight.clone()],
        hat,
        inverse,
        dx,
        dweight,
        dbias,
    );
}
