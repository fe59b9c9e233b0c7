//! Samples that go through a layer together: their activations stay in the cache of the processor from one operation to the next, and so
//! many are enough for the products to be fast.

use std::ops::Range;

/// Tokens of a block, or of one sample where that has more.
const TOKENS: usize = 768;

/// A part of a shard's samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) samples: Range<usize>,
    patches: usize,
}

impl Block {
    /// Their number of tokens.
    pub(crate) fn tokens(&self) -> usize {
        self.samples.len() * self.patches
    }

    /// Where their tokens are in rows of a width.
    pub(crate) fn rows(&self, width: usize) -> Range<usize> {
        self.samples.start * self.patches * width..self.samples.end * self.patches * width
    }
}

/// The blocks of so many samples, in order.
pub(crate) fn blocks(samples: usize, patches: usize) -> impl Iterator<Item = Block> {
    let size = (TOKENS / patches.max(1)).max(1);
    (0..samples).step_by(size).map(move |from| Block {
        samples: from..(from + size).min(samples),
        patches,
    })
}
