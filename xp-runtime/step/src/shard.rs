//! Buffers of one thread's part of a batch, made once. `forward.rs` and `backward.rs` compute in them.

use crate::{attention::Heads, kernels::Kernels, layout::Shape};

/// What a layer saves of its forward pass for the backward pass.
pub(crate) struct Saved {
    pub(crate) hat1: Vec<f32>,
    pub(crate) inverse1: Vec<f32>,
    pub(crate) normed1: Vec<f32>,
    pub(crate) qkv: Vec<f32>,
    pub(crate) weights: Vec<f32>,
    pub(crate) mixed: Vec<f32>,
    pub(crate) hat2: Vec<f32>,
    pub(crate) inverse2: Vec<f32>,
    pub(crate) normed2: Vec<f32>,
    pub(crate) slope: Vec<f32>,
    pub(crate) active: Vec<f32>,
}

/// Buffers for up to `capacity` samples.
pub(crate) struct Shard {
    pub(crate) shape: Shape,
    pub(crate) kernels: Kernels,
    pub(crate) capacity: usize,
    pub(crate) window: Vec<f32>,
    pub(crate) statistics: Vec<f32>,
    /// Patches with the level of their window, as the embedding sees them, and before RevIN's affine part.
    pub(crate) patches: Vec<f32>,
    pub(crate) plain: Vec<f32>,
    pub(crate) x: Vec<f32>,
    pub(crate) layers: Vec<Saved>,
    pub(crate) hat: Vec<f32>,
    pub(crate) inverse: Vec<f32>,
    pub(crate) flat: Vec<f32>,
    /// Gradients of the outputs of a layer's matrices: outer, out, inner, and queries, keys and values.
    pub(crate) narrow: Vec<f32>,
    pub(crate) out: Vec<f32>,
    pub(crate) other: Vec<f32>,
    pub(crate) wide: Vec<f32>,
    pub(crate) triple: Vec<f32>,
    pub(crate) row: Vec<f32>,
    pub(crate) logits: Vec<f32>,
}

impl Shard {
    pub(crate) fn new(shape: Shape, kernels: Kernels, capacity: usize) -> Self {
        let tokens = capacity * shape.patches;
        let (d, ff) = (shape.d_model, shape.d_ff);
        let zeros = |len: usize| vec![0.0_f32; len];
        let saved = || Saved {
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
            kernels,
            capacity,
            window: zeros(shape.context * shape.features),
            statistics: zeros(2 * shape.features),
            patches: zeros(tokens * shape.embedded_width()),
            plain: zeros(if shape.revin {
                tokens * shape.embedded_width()
            } else {
                0
            }),
            x: zeros(tokens * d),
            layers: (0..shape.layers).map(|_| saved()).collect(),
            hat: zeros(tokens * d),
            inverse: zeros(tokens),
            flat: zeros(tokens * d),
            narrow: zeros(tokens * d),
            out: zeros(tokens * d),
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

    pub(crate) fn heads(&self) -> Heads {
        Heads {
            patches: self.shape.patches,
            heads: self.shape.heads,
            width: self.shape.d_model / self.shape.heads,
        }
    }
}
