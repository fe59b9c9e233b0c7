//! Learning curves of the engine as run records keep them.

use xp_engine::train::EpochReport;
use xp_report::record::CurvePoint;

/// An epoch of a learning curve.
pub(crate) fn curve_point(report: &EpochReport) -> CurvePoint {
    CurvePoint {
        epoch: report.epoch,
        train_loss: report.train_loss,
        val_loss: report.val_loss,
        val_auc: report.val_auc,
        learning_rate: Some(report.learning_rate),
        samples_per_second: Some(report.samples_per_second),
    }
}

/// A learning curve.
pub(crate) fn curve_points(curve: &[EpochReport]) -> Vec<CurvePoint> {
    curve.iter().map(curve_point).collect()
}
