//! Dropout whose masks depend on seed, epoch, batch and site alone, since tch exposes no generator state.

use tch::{TchError, Tensor};

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
}

/// Dropout sites of an encoder layer: attention weights, attention output, feed-forward inner and output.
pub(super) const SITES_OF_LAYER: u64 = 4;

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
        let stream = Stream::new(dropout.seed, &[1, dropout.epoch, dropout.batch, site]);
        let mask = Tensor::f_from_slice(&stream.dropout_mask(x.numel(), rate))?;
        x.f_mul(&mask.f_view(x.size().as_slice())?.f_to_device(x.device())?)
    }
}
