//! Predictions without dropout and gradients, in batches.

use tch::no_grad;
use xp_spec::cost::{EVALUATION_SERIES, series};

use super::{
    error::TrainError,
    report::Predictions,
    windows::{Region, Windows},
};
use crate::model::{PatchTst, Probabilities};

/// Predictions of a model on a region, without dropout.
pub fn predict(
    model: &PatchTst,
    windows: &Windows,
    region: &Region,
) -> Result<Predictions, TrainError> {
    let mut logits = Vec::with_capacity(region.len());
    // As many series at once as the memory estimate says.
    let at_once = (EVALUATION_SERIES / series(model.input()).max(1)).max(1) as usize;
    for rows in region.rows.chunks(at_once) {
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
