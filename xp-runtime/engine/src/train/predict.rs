//! Predictions without dropout and gradients, in batches.

use tch::no_grad;
use xp_spec::cost::evaluated_at_once;

use super::{
    error::TrainError,
    flow::Flow,
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
    for rows in batches(model, region) {
        logits.extend(logits_of(model, windows, rows)?);
    }
    Ok(predictions(&logits, region))
}

/// [`predict`] that asks between two batches whether to continue; the reason of a stop comes back instead of predictions.
pub(super) fn predict_unless_stopped(
    model: &PatchTst,
    windows: &Windows,
    region: &Region,
    mut decide: impl FnMut() -> Flow,
) -> Result<Result<Predictions, &'static str>, TrainError> {
    let mut logits = Vec::with_capacity(region.len());
    for rows in batches(model, region) {
        if let Flow::Stop(reason) = decide() {
            return Ok(Err(reason));
        }
        logits.extend(logits_of(model, windows, rows)?);
    }
    Ok(Ok(predictions(&logits, region)))
}

/// Rows of a region in batches: as many series at once as the memory estimate says.
fn batches<'a>(model: &PatchTst, region: &'a Region) -> std::slice::Chunks<'a, i64> {
    let at_once = evaluated_at_once(model.input()) as usize;
    region.rows.chunks(at_once)
}

fn logits_of(model: &PatchTst, windows: &Windows, rows: &[i64]) -> Result<Vec<f64>, TrainError> {
    Ok(no_grad(|| {
        model.forward(&windows.gather(rows)?, None)?.values()
    })?)
}

fn predictions(logits: &[f64], region: &Region) -> Predictions {
    let labels = region.labels.iter().map(|label| f64::from(*label));
    Predictions {
        probabilities: Probabilities::from_logits(logits),
        labels: labels.collect(),
    }
}
