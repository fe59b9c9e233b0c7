//! Dropout masks of a pass, by site: four a layer (attention, its output, GELU, the layer's output) and the head's.

use crate::dropout::Mask;

/// Masks of a pass by site, and the batch's sample that a shard starts with: entries are numbered over the whole batch.
#[derive(Clone, Copy)]
pub(crate) struct Masks<'a> {
    pub(crate) sites: &'a [Option<Mask>],
    pub(crate) first: usize,
}

impl<'a> Masks<'a> {
    /// The masks of the samples from one of the shard's on.
    pub(crate) fn from(self, sample: usize) -> Self {
        Self {
            first: self.first + sample,
            ..self
        }
    }

    /// The mask of a site and the position of this shard's first entry, with `width` entries per sample.
    pub(crate) fn site(&self, site: usize, width: usize) -> (Option<&'a Mask>, u32) {
        let mask = self.sites.get(site).and_then(Option::as_ref);
        (mask, (self.first * width) as u32)
    }
}
