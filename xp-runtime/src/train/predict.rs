//! Predictions without dropout and gradients, in batches.

use tch::no_grad;

use super::{
    error::TrainError,
    report::Predictions,
    windows::{Region, Windows},
};
use crate::model::{PatchTst, Probabilities};

/// Samples per forward pass without gradients.
const EVALUATION_BATCH: usize = 256;

/// Predictions of a model on a region, without dropout.
pub fn predict(
    model: &PatchTst,
    windows: &Windows,
    region: &Region,
) -> Result<Predictions, TrainError> {
    let mut logits = Vec::with_capacity(region.len());
    for rows in region.rows.chunks(EVALUATION_BATCH) {
        logits.extend(no_grad(|| {
            model.forward(&windows.gather(rows)?, None)?.values()
        })?);
    }
    Ok(Predictions {
        probabilities: Probabilities::from_logits(&logits),
        labels: region
            .labels
            .iter()
            .map(|label| f64::from(*label))
            .collect(),
    })
}
