//! Predictions turned into classes by a threshold, with the counts that precision, recall and F1 share.

use crate::{
    bootstrap::percentiles,
    confusion::{Confusion, confusion},
    predicted::Predicted,
    threshold::Threshold,
    value::Value,
    wilson::wilson,
};

/// Counts at a threshold: of the samples, and of each replicate.
#[derive(Debug, Clone)]
pub(crate) struct Classified<'a> {
    pub(crate) predicted: &'a Predicted<'a>,
    pub(crate) counts: Confusion,
    /// True positives of each replicate.
    pub(crate) hits: Vec<f64>,
    /// Samples predicted positive, of each replicate.
    pub(crate) flagged: Vec<f64>,
    /// Positive samples of each replicate.
    pub(crate) positives: Vec<f64>,
}

impl<'a> Classified<'a> {
    pub(crate) fn new(predicted: &'a Predicted<'a>, at: Threshold) -> Self {
        let Predicted { p, y, blocks, .. } = *predicted;
        // Differences of prefix sums of whole numbers are exact.
        let count = |counts: &dyn Fn(bool, bool) -> bool| -> Vec<f64> {
            let of =
                |(p, y): (&f64, &f64)| f64::from(u8::from(counts(*p >= at.value(), *y == 1.0)));
            blocks.sums(&p.iter().zip(y).map(of).collect::<Vec<_>>())
        };
        Self {
            predicted,
            counts: confusion(p, y, at.value()),
            hits: count(&|flagged, positive| flagged && positive),
            flagged: count(&|flagged, _| flagged),
            positives: count(&|_, positive| positive),
        }
    }

    /// The share of true positives in `n` samples, which are `over` in each replicate; absent for none. Without a bootstrap interval, or
    /// with one of no width, it has Wilson's.
    pub(crate) fn share(&self, n: usize, over: &[f64]) -> Option<Value> {
        let ratio = |(hits, over): (&f64, &f64)| if *over > 0.0 { hits / over } else { f64::NAN };
        let replicates: Vec<f64> = self.hits.iter().zip(over).map(ratio).collect();
        let independent = wilson(self.counts.true_positives, n)?;
        Some(Value {
            value: independent.value,
            // Where all or none are hits, every replicate gives the same, which is no certainty.
            interval: percentiles(&replicates)
                .filter(|(low, high)| low < high)
                .or(Some((independent.low, independent.high))),
            n,
            positives: self.counts.true_positives,
        })
    }
}
