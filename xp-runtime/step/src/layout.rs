//! Offsets of a `mixed` PatchTST's parameters in its flat buffer, in the order of `xp_engine::model::layout`.

use std::ops::Range;

use xp_spec::{
    architecture::{Architecture, Channels, InputShape},
    count::SPARE_POSITIONS,
};

/// Sizes of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    pub(crate) context: usize,
    pub(crate) features: usize,
    pub(crate) patch: usize,
    pub(crate) stride: usize,
    pub(crate) patches: usize,
    pub(crate) d_model: usize,
    pub(crate) heads: usize,
    pub(crate) layers: usize,
    pub(crate) d_ff: usize,
    pub(crate) revin: bool,
    /// Values of a window's level, which stand behind those of each of its patches.
    pub(crate) level: usize,
}

impl Shape {
    /// The sizes of a model; `None` where the step does not support it: independent channels, or no patch that fits.
    pub fn new(architecture: &Architecture, input: &InputShape) -> Option<Self> {
        let patches = input.patches()? as usize;
        let supported = input.channels == Channels::Mixed
            && architecture.n_heads > 0
            && architecture.d_model.is_multiple_of(architecture.n_heads);
        supported.then_some(Self {
            context: input.context as usize,
            features: input.n_features as usize,
            patch: input.patch as usize,
            stride: input.stride as usize,
            patches,
            d_model: architecture.d_model as usize,
            heads: architecture.n_heads as usize,
            layers: architecture.n_layers as usize,
            d_ff: architecture.d_ff as usize,
            revin: input.normalisation.is_revin(),
            level: input.n_features as usize * input.normalisation.level_inputs() as usize,
        })
    }

    /// Values of a patch's bars.
    pub(crate) fn patch_width(&self) -> usize {
        self.patch * self.features
    }

    /// Values that a token is made of: those of its patch and of its window's level.
    pub(crate) fn embedded_width(&self) -> usize {
        self.patch_width() + self.level
    }
}

/// A weight and its bias.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) weight: Range<usize>,
    pub(crate) bias: Range<usize>,
}

/// Ranges of one encoder layer's parameters.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) qkv: Pair,
    pub(crate) out: Pair,
    pub(crate) inner: Pair,
    pub(crate) outer: Pair,
    pub(crate) norm1: Pair,
    pub(crate) norm2: Pair,
}

/// Ranges of all parameters.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) embed: Pair,
    /// Positions in use; spare ones follow.
    pub(crate) positions: Range<usize>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) norm: Pair,
    pub(crate) head: Pair,
    pub(crate) revin: Option<Pair>,
    pub(crate) len: usize,
}

/// The next `len` values from `from` on, which moves behind them.
fn span(from: &mut usize, len: usize) -> Range<usize> {
    let start = *from;
    *from += len;
    start..*from
}

impl Layout {
    pub(crate) fn new(shape: &Shape) -> Self {
        let at = &mut 0;
        let (d, ff) = (shape.d_model, shape.d_ff);
        let pair = |at: &mut usize, weight: usize, bias: usize| Pair {
            weight: span(at, weight),
            bias: span(at, bias),
        };
        let embed = pair(at, d * shape.embedded_width(), d);
        let positions = span(at, shape.patches * d);
        span(at, SPARE_POSITIONS as usize * d);
        let layers = (0..shape.layers)
            .map(|_| Layer {
                qkv: pair(at, 3 * d * d, 3 * d),
                out: pair(at, d * d, d),
                inner: pair(at, ff * d, ff),
                outer: pair(at, d * ff, d),
                norm1: pair(at, d, d),
                norm2: pair(at, d, d),
            })
            .collect();
        let norm = pair(at, d, d);
        let head = pair(at, shape.patches * d, 1);
        let revin = shape
            .revin
            .then(|| pair(at, shape.features, shape.features));
        Self {
            embed,
            positions,
            layers,
            norm,
            head,
            revin,
            len: *at,
        }
    }
}
