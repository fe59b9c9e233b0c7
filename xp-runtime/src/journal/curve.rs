//! Learning curves of the engine as run records keep them.

use xp_engine::train::Evaluation;
use xp_report::record::CurvePoint;

/// An evaluation of a learning curve.
pub(crate) fn curve_point(evaluation: &Evaluation) -> CurvePoint {
    CurvePoint {
        step: Some(evaluation.step),
        epoch: evaluation.epoch,
        train_loss: evaluation.train_loss,
        val_loss: evaluation.val_loss,
        val_auc: evaluation.val_auc,
        learning_rate: Some(evaluation.learning_rate),
        samples_per_second: Some(evaluation.samples_per_second),
        flops: None,
    }
}

/// A learning curve.
pub(crate) fn curve_points(curve: &[Evaluation]) -> Vec<CurvePoint> {
    curve.iter().map(curve_point).collect()
}

/// A learning curve with the operations until each evaluation.
pub(crate) fn with_flops(curve: Vec<CurvePoint>, of_steps: impl Fn(u32) -> f64) -> Vec<CurvePoint> {
    curve
        .into_iter()
        .map(|point| CurvePoint {
            flops: point.step.map(&of_steps),
            ..point
        })
        .collect()
}
