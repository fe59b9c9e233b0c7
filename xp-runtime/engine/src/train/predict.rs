//! Predictions without dropout and gradients, in batches.

use tch::TchError;
use xp_spec::{cost::evaluated_at_once, execution::FUSED_UP_TO};

use super::{
    error::TrainError,
    flow::Flow,
    fused::FusedStep,
    logits::tensor_logits,
    report::Predictions,
    windows::{Region, Windows},
};
use crate::model::{PatchTst, Probabilities};

/// Predictions of a model on a region, without dropout, by the kernels that train models of its kind.
pub fn predict(
    model: &PatchTst,
    windows: &Windows,
    region: &Region,
) -> Result<Predictions, TrainError> {
    let is_small = model.param_count() <= FUSED_UP_TO;
    let mut fused = is_small.then(|| FusedStep::new(model)).flatten();
    let mut logits = Vec::with_capacity(region.len());
    for rows in batches(model, region) {
        logits.extend(match &mut fused {
            Some(kernels) => kernels.logits(model, windows, rows)?,
            None => tensor_logits(model, windows, rows)?,
        });
    }
    Ok(predictions(&logits, region))
}

/// Predictions by the logits of a learner, which is asked between two batches whether to continue; the reason of a stop comes back instead.
pub(super) fn predict_unless_stopped(
    batches: std::slice::Chunks<'_, i64>,
    region: &Region,
    mut logits_of: impl FnMut(&[i64]) -> Result<Vec<f64>, TchError>,
    mut decide: impl FnMut() -> Flow,
) -> Result<Result<Predictions, &'static str>, TrainError> {
    let mut logits = Vec::with_capacity(region.len());
    for rows in batches {
        if let Flow::Stop(reason) = decide() {
            return Ok(Err(reason));
        }
        logits.extend(logits_of(rows)?);
    }
    Ok(Ok(predictions(&logits, region)))
}

/// Rows of a region in batches: as many series at once as the memory estimate says.
pub(super) fn batches<'a>(model: &PatchTst, region: &'a Region) -> std::slice::Chunks<'a, i64> {
    let at_once = evaluated_at_once(model.input()) as usize;
    region.rows.chunks(at_once)
}

fn predictions(logits: &[f64], region: &Region) -> Predictions {
    let labels = region.labels.iter().map(|label| f64::from(*label));
    Predictions {
        probabilities: Probabilities::from_logits(logits),
        labels: labels.collect(),
    }
}
