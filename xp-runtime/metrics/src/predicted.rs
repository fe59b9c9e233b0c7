//! Predictions that metrics are computed on.

use crate::{
    bootstrap::{Blocks, percentiles},
    value::Value,
};

/// Probabilities `p` and labels `y` (0 or 1), in order of time and of equal length, with the blocks of the bootstrap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Predicted<'a> {
    pub(crate) p: &'a [f64],
    pub(crate) y: &'a [f64],
    pub(crate) blocks: &'a Blocks,
    pub(crate) positives: usize,
}

impl<'a> Predicted<'a> {
    /// Absent for no samples, and where lengths differ.
    pub(crate) fn new(p: &'a [f64], y: &'a [f64], blocks: &'a Blocks) -> Option<Self> {
        let n = p.len();
        (n > 0 && n == y.len() && n == blocks.samples()).then(|| Self {
            p,
            y,
            blocks,
            positives: y.iter().filter(|y| **y == 1.0).count(),
        })
    }

    /// Samples.
    pub(crate) fn n(&self) -> usize {
        self.p.len()
    }

    /// The mean of a value per sample in each replicate.
    pub(crate) fn means(&self, values: &[f64]) -> Vec<f64> {
        let n = self.n() as f64;
        self.blocks.sums(values).iter().map(|sum| sum / n).collect()
    }

    /// A value on all samples, with its interval from replicates.
    pub(crate) fn value(&self, value: f64, replicates: &[f64]) -> Value {
        Value {
            value,
            interval: percentiles(replicates),
            n: self.n(),
            positives: self.positives,
        }
    }
}
