//! The proof that a feature is causal (F22): recomputed on a series that ends early and on one with another future, nothing earlier
//! may move by a bit. An argument about its formula is no proof.

use xp_spec::split::WARMUP_BARS;

use crate::{
    bars::Bars,
    error::DataError,
    features::{Feature, Prepared},
};

/// Shares of the rows at which each feature is proved.
pub(crate) const CUTS: [f64; 3] = [0.35, 0.6, 0.85];

/// Bars whose first `cut` equal the real ones and whose future does not exist, or is another one.
struct Case {
    cut: usize,
    prepared: Prepared,
}

/// The cases of one data set.
pub struct Proof(Vec<Case>);

impl Proof {
    /// A truncated and a corrupted series for each cut.
    pub fn new(bars: &Bars) -> Self {
        Self(CUTS.iter().flat_map(|share| cases(bars, *share)).collect())
    }

    /// Cuts at which nothing moved: all of them, or an error that names the feature.
    pub fn prove(&self, feature: &Feature, values: &[f64]) -> Result<u32, DataError> {
        for case in &self.0 {
            let other = case.prepared.compute(feature);
            let moved = values
                .iter()
                .zip(&other)
                .take(case.cut)
                .position(|(a, b)| a.to_bits() != b.to_bits());
            // A series that is shorter than its past has moved too.
            let moved = moved.or((other.len() < case.cut).then_some(other.len()));
            if let Some(bar) = moved {
                return Err(DataError::Content(format!(
                    "feature `{}` is not causal: its value at bar {bar} moves when bars from {} on change; correct its definition",
                    feature.name, case.cut
                )));
            }
        }
        Ok(CUTS.len() as u32)
    }
}

fn cases(bars: &Bars, share: f64) -> [Case; 2] {
    let cut = WARMUP_BARS + (bars.len().saturating_sub(WARMUP_BARS) as f64 * share) as usize;
    let mut corrupted = bars.clone();
    for column in [
        &mut corrupted.open,
        &mut corrupted.high,
        &mut corrupted.low,
        &mut corrupted.close,
    ] {
        for price in column.iter_mut().skip(cut) {
            *price *= 1.7;
        }
    }
    for volume in corrupted.volume.iter_mut().skip(cut) {
        *volume *= 9.0;
    }
    [bars.truncated(cut), corrupted].map(|bars| Case {
        cut,
        prepared: Prepared::new(&bars),
    })
}
