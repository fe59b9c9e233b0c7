//! The backward pass of one thread's part of a batch, from what the forward pass saved in the shard.

use crate::{
    attention, dropout, gelu,
    gradients::Gradients,
    layout::{Layer, Layout, Shape},
    masks::Masks,
    revin, rows,
    shard::Shard,
    simd::add_scaled,
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
        let shape = self.shape;
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
        let mut gradients = Gradients {
            parameters,
            sums: gradients,
            add: !position.first,
        };
        gradients.norm(&layout.norm, narrow, &self.hat, inverse, dx);
        for (index, layer) in layout.layers.iter().enumerate().rev() {
            self.layer_backward((index, layer), masks, tokens, &mut gradients);
        }
        self.embed_backward(layout, tokens, &mut gradients, position);
    }

    fn layer_backward(
        &mut self,
        (index, layer): (usize, &Layer),
        masks: Masks<'_>,
        tokens: usize,
        gradients: &mut Gradients<'_>,
    ) {
        let Shape {
            d_model: d,
            d_ff: ff,
            patches,
            ..
        } = self.shape;
        let heads = self.heads();
        let saved = &self.layers[index];
        let dx = &mut self.x[..tokens * d];
        let narrow = &mut self.narrow[..tokens * d];
        let other = &mut self.other[..tokens * d];
        let wide = &mut self.wide[..tokens * ff];
        let triple = &mut self.triple[..tokens * 3 * d];

        let (mask, start) = masks.site(4 * index + 3, patches * d);
        rows::masked(narrow, dx, gradients.bias(&layer.outer), mask, start);
        gradients.linear(&layer.outer, (tokens, d, ff), narrow, &saved.active, wide);
        gelu::backward(wide, &saved.slope, gradients.bias(&layer.inner));
        gradients.linear(&layer.inner, (tokens, ff, d), wide, &saved.normed2, other);
        let inverse = &saved.inverse2[..tokens];
        gradients.norm(&layer.norm2, other, &saved.hat2, inverse, dx);

        let (mask, start) = masks.site(4 * index + 1, patches * d);
        rows::masked(narrow, dx, gradients.bias(&layer.out), mask, start);
        gradients.linear(&layer.out, (tokens, d, d), narrow, &saved.mixed, other);
        let weights = &saved.weights[..tokens * heads.heads * patches];
        let (mask, start) = masks.site(4 * index, heads.heads * patches * patches);
        attention::backward(
            &heads,
            &saved.qkv,
            weights,
            other,
            triple,
            &mut self.row,
            mask,
            start,
        );
        rows::column_sums(triple, gradients.bias(&layer.qkv));
        gradients.linear(
            &layer.qkv,
            (tokens, 3 * d, d),
            triple,
            &saved.normed1,
            other,
        );
        let inverse = &saved.inverse1[..tokens];
        gradients.norm(&layer.norm1, other, &saved.hat1, inverse, dx);
    }

    fn embed_backward(
        &mut self,
        layout: &Layout,
        tokens: usize,
        gradients: &mut Gradients<'_>,
        position: ChunkPosition,
    ) {
        let shape = self.shape;
        let (d, width) = (shape.d_model, shape.embedded_width());
        let dx = &self.x[..tokens * d];
        rows::column_sums(dx, &mut gradients.sums[layout.positions.clone()]);
        rows::column_sums(dx, gradients.bias(&layout.embed));
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
