//! Dropout whose masks depend on seed, epoch, batch and site alone, since tch exposes no generator state.

use tch::{Device, TchError, Tensor};

use super::device_mask;
use crate::rng::Stream;

/// Rates of dropout and where its randomness comes from.
#[derive(Debug, Clone, Copy)]
pub struct Dropout {
    /// Rate inside the encoder: attention weights, attention output, feed-forward inner and output.
    pub encoder: f64,
    /// Rate before the head.
    pub head: f64,
    /// Seed of the run.
    pub seed: u64,
    /// Epoch, from 0.
    pub epoch: u64,
    /// Batch in the epoch, from 0.
    pub batch: u64,
    /// Where a batch goes through the model in parts: its samples before this part, and those of the part. Entries of a mask are
    /// numbered over the whole batch, so that parts change nothing.
    pub part: (u64, u64),
}

/// Dropout sites of an encoder layer: attention weights, attention output, feed-forward inner and output.
pub(super) const SITES_OF_LAYER: u64 = 4;

impl Dropout {
    /// Masks of all sites of a pass, in the order in which [`Sites`] numbers them; the last is the head's.
    pub(crate) fn masks(&self, sites: usize) -> Vec<Option<xp_step::Mask>> {
        (0..sites)
            .map(|site| {
                let head = site + 1 == sites;
                self.stream(site as u64)
                    .mask(if head { self.head } else { self.encoder })
            })
            .collect()
    }

    fn stream(&self, site: u64) -> Stream {
        Stream::new(self.seed, &[1, self.epoch, self.batch, site])
    }
}

/// Numbers the dropout sites of one forward pass.
pub(super) struct Sites<'a> {
    dropout: Option<&'a Dropout>,
    next: u64,
}

impl<'a> Sites<'a> {
    /// The sites of a pass from one of them on; none drops anything without rates.
    pub(super) fn from(dropout: Option<&'a Dropout>, next: u64) -> Self {
        Self { dropout, next }
    }

    /// Dropout with the encoder's rate.
    pub(super) fn encoder(&mut self, x: Tensor) -> Result<Tensor, TchError> {
        self.drop(x, |dropout| dropout.encoder)
    }

    /// Dropout with the head's rate.
    pub(super) fn head(&mut self, x: Tensor) -> Result<Tensor, TchError> {
        self.drop(x, |dropout| dropout.head)
    }

    fn drop(&mut self, x: Tensor, rate: impl Fn(&Dropout) -> f64) -> Result<Tensor, TchError> {
        let Some(dropout) = self.dropout else {
            return Ok(x);
        };
        let site = self.next;
        self.next += 1;
        let rate = rate(dropout);
        if rate <= 0.0 {
            return Ok(x);
        }
        let (before, samples) = dropout.part;
        let first = x.numel() as u64 / samples.max(1) * before;
        let stream = dropout.stream(site);
        let mask = match (stream.mask(rate), x.device()) {
            // Nothing waits for the host there, and nothing is copied.
            (Some(mask), device @ Device::Cuda(_)) => {
                device_mask::mask(&mask, first as u32, x.numel() as i64, device)?
            }
            _ => Tensor::f_from_slice(&stream.dropout_mask(x.numel(), rate, first))?,
        };
        x.f_mul(&mask.f_view(x.size().as_slice())?)
    }
}
