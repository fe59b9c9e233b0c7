//! The backward pass of one thread's part of a batch, from what the forward pass saved in the shard.

use crate::{
    attention,
    block::{Block, blocks},
    dropout, gelu,
    gradients::Gradients,
    layout::{Layer, Layout, Shape},
    masks::Masks,
    revin, rows,
    shard::Shard,
};

/// Position of a chunk among a thread's samples: the first one overwrites gradients of weights, after the last one gradients that derive
/// from their sums are computed.
#[derive(Clone, Copy)]
pub(crate) struct ChunkPosition {
    pub(crate) first: bool,
    pub(crate) last: bool,
}

impl Shard {
    /// Gradients from those of the logits, added to; those of weights are overwritten by the first chunk.
    pub(crate) fn backward(
        &mut self,
        parameters: &[f32],
        layout: &Layout,
        masks: Masks<'_>,
        dlogits: &[f32],
        gradients: &mut [f32],
        position: ChunkPosition,
    ) {
        let (shape, kernels) = (self.shape, self.kernels);
        let vectors = kernels.vectors;
        let (d, patches) = (shape.d_model, shape.patches);
        let tokens = dlogits.len() * patches;
        let (mask, start) = masks.site(4 * shape.layers, patches * d);
        let weight = &parameters[layout.head.weight.clone()];
        let dhead = &mut gradients[layout.head.weight.clone()];
        if position.first {
            dhead.fill(0.0);
        }
        let rows = self
            .narrow
            .chunks_exact_mut(patches * d)
            .zip(self.flat.chunks_exact(patches * d));
        for ((dflat, flat), dlogit) in rows.zip(dlogits) {
            rows::add_scaled(vectors, dhead, *dlogit, flat);
            dflat.fill(0.0);
            rows::add_scaled(vectors, dflat, *dlogit, weight);
        }
        gradients[layout.head.bias.start] += dlogits.iter().sum::<f32>();
        let narrow = &mut self.narrow[..tokens * d];
        if let Some(mask) = mask {
            dropout::apply(vectors, narrow, mask, start);
        }
        let dx = &mut self.x[..tokens * d];
        dx.fill(0.0);
        let inverse = &self.inverse[..tokens];
        let mut gradients = Gradients {
            kernels,
            parameters,
            sums: gradients,
            add: !position.first,
        };
        gradients.norm(&layout.norm, narrow, &self.hat, inverse, dx);
        for (index, layer) in layout.layers.iter().enumerate().rev() {
            self.layer_backward((index, layer), masks, dlogits.len(), &mut gradients);
        }
        self.embed_backward(layout, tokens, &mut gradients, position);
    }

    /// Gradients of one encoder layer; `x` becomes the gradient of its input. Those of weights are sums over all tokens at once, the rest goes
    /// block by block.
    fn layer_backward(
        &mut self,
        (index, layer): (usize, &Layer),
        masks: Masks<'_>,
        samples: usize,
        gradients: &mut Gradients<'_>,
    ) {
        let (d, ff) = (self.shape.d_model, self.shape.d_ff);
        let tokens = samples * self.shape.patches;
        for block in blocks(samples, self.shape.patches) {
            let masks = masks.from(block.samples.start);
            self.block_backward((index, layer), masks, &block, gradients);
        }
        let saved = &self.layers[index];
        let (narrow, out) = (&self.narrow[..tokens * d], &self.out[..tokens * d]);
        let (wide, triple) = (&self.wide[..tokens * ff], &self.triple[..tokens * 3 * d]);
        gradients.weight(&layer.outer, (tokens, d, ff), narrow, &saved.active);
        gradients.weight(&layer.inner, (tokens, ff, d), wide, &saved.normed2);
        gradients.weight(&layer.out, (tokens, d, d), out, &saved.mixed);
        gradients.weight(&layer.qkv, (tokens, 3 * d, d), triple, &saved.normed1);
    }

    /// What reaches the outputs of a layer's matrices, and `x`, from the gradient of its output in `x`, of a block.
    fn block_backward(
        &mut self,
        (index, layer): (usize, &Layer),
        masks: Masks<'_>,
        block: &Block,
        gradients: &mut Gradients<'_>,
    ) {
        let Shape {
            d_model: d,
            d_ff: ff,
            patches,
            ..
        } = self.shape;
        let vectors = self.kernels.vectors;
        let heads = self.heads();
        let tokens = block.tokens();
        let saved = &self.layers[index];
        let dx = &mut self.x[block.rows(d)];
        let narrow = &mut self.narrow[block.rows(d)];
        let out = &mut self.out[block.rows(d)];
        let wide = &mut self.wide[block.rows(ff)];
        let triple = &mut self.triple[block.rows(3 * d)];
        let other = &mut self.other[..tokens * d];

        let (mask, start) = masks.site(4 * index + 3, patches * d);
        let bias = gradients.bias(&layer.outer);
        rows::masked(vectors, narrow, dx, bias, mask, start);
        gradients.input(&layer.outer, (tokens, d, ff), narrow, wide);
        let slope = &saved.slope[block.rows(ff)];
        gelu::backward(vectors, wide, slope, gradients.bias(&layer.inner));
        gradients.input(&layer.inner, (tokens, ff, d), wide, other);
        let (hat, inverse) = (&saved.hat2[block.rows(d)], &saved.inverse2[block.rows(1)]);
        gradients.norm(&layer.norm2, other, hat, inverse, dx);

        let (mask, start) = masks.site(4 * index + 1, patches * d);
        rows::masked(vectors, out, dx, gradients.bias(&layer.out), mask, start);
        gradients.input(&layer.out, (tokens, d, d), out, other);
        let weights = &saved.weights[block.rows(heads.heads * patches)];
        let (mask, start) = masks.site(4 * index, heads.heads * patches * patches);
        attention::backward(
            vectors,
            &heads,
            &saved.qkv[block.rows(3 * d)],
            weights,
            other,
            triple,
            &mut self.row,
            mask,
            start,
        );
        rows::column_sums(vectors, triple, gradients.bias(&layer.qkv));
        gradients.input(&layer.qkv, (tokens, 3 * d, d), triple, other);
        let (hat, inverse) = (&saved.hat1[block.rows(d)], &saved.inverse1[block.rows(1)]);
        gradients.norm(&layer.norm1, other, hat, inverse, dx);
    }

    fn embed_backward(
        &mut self,
        layout: &Layout,
        tokens: usize,
        gradients: &mut Gradients<'_>,
        position: ChunkPosition,
    ) {
        let (shape, kernels) = (self.shape, self.kernels);
        let vectors = kernels.vectors;
        let (d, width) = (shape.d_model, shape.embedded_width());
        let dx = &self.x[..tokens * d];
        rows::column_sums(vectors, dx, &mut gradients.sums[layout.positions.clone()]);
        rows::column_sums(vectors, dx, gradients.bias(&layout.embed));
        let patches = if shape.revin {
            &self.plain
        } else {
            &self.patches
        };
        gradients.weight(&layout.embed, (tokens, d, width), dx, patches);
        if let Some(pair) = layout.revin.as_ref().filter(|_| position.last) {
            // Gamma and beta are the last parameters, the embedding is the first.
            let parameters = gradients.parameters;
            let (before, behind) = gradients.sums.split_at_mut(pair.weight.start);
            let (dgamma, dbeta) = behind.split_at_mut(pair.weight.len());
            let (dweight, rest) = before.split_at_mut(layout.embed.weight.end);
            revin::gradients(
                vectors,
                &parameters[layout.embed.weight.clone()],
                dweight,
                &rest[..d],
                shape.patch_width(),
                &parameters[pair.weight.clone()],
                &parameters[pair.bias.clone()],
                dgamma,
                dbeta,
            );
        }
    }
}
