//! Runs for tools that others use: TensorBoard's event files, MLflow's server. The log is the record; a tracker that fails harms no run.

mod mlflow;
mod tensorboard;

use std::path::Path;

use crate::{log::LogRow, record::RunRecord};

/// Event files of TensorBoard, relative to the workspace.
pub const TENSORBOARD: &str = "outputs/tensorboard";
/// The environment variable that says where MLflow's server is, as MLflow's own clients read it.
pub const MLFLOW_URI: &str = "MLFLOW_TRACKING_URI";

/// A tracker that did not take a run.
#[derive(Debug, thiserror::Error)]
pub enum TrackingError {
    /// The event file was not written.
    #[error("failed to write TensorBoard's events: {0}; the run and its log are complete")]
    TensorBoard(std::io::Error),
    /// The server did not take it.
    #[error("MLflow did not take run {run_id}: {cause}; the run and its log are complete")]
    Mlflow {
        /// The run.
        run_id: String,
        /// Why.
        cause: String,
        /// Whether no server answered.
        silent: bool,
    },
}

/// Writes a run's events, and sends it to the MLflow server at `mlflow` if there is one; returns what failed.
pub fn publish(
    workspace: &Path,
    mlflow: Option<&str>,
    row: &LogRow,
    record: &RunRecord,
) -> Vec<TrackingError> {
    let mut failed = Vec::new();
    if let Err(cause) = tensorboard::write(&workspace.join(TENSORBOARD), row, record) {
        failed.push(TrackingError::TensorBoard(cause));
    }
    if let Some(uri) = mlflow.filter(|uri| !uri.is_empty())
        && let Err(refusal) = mlflow::send(uri, row, record)
    {
        failed.push(TrackingError::Mlflow {
            run_id: row.run_id.clone(),
            silent: refusal.is_silence(),
            cause: refusal.said,
        });
    }
    failed
}

/// The curves of a record, by the names that trackers show, with their (epoch, value).
fn curves(record: &RunRecord) -> Vec<(&'static str, Vec<(u32, f64)>)> {
    type Value = fn(&crate::record::CurvePoint) -> Option<f64>;
    let values: [(&str, Value); 5] = [
        ("loss/train", |point| Some(point.train_loss)),
        ("loss/validation", |point| Some(point.val_loss)),
        ("auc/validation", |point| point.val_auc),
        ("learning_rate", |point| point.learning_rate),
        ("samples_per_second", |point| point.samples_per_second),
    ];
    let of = |value: Value| -> Vec<(u32, f64)> {
        let points = record.curve.iter();
        points
            .filter_map(|point| Some((point.epoch, value(point)?)))
            .filter(|(_, value)| value.is_finite())
            .collect()
    };
    values
        .into_iter()
        .map(|(name, value)| (name, of(value)))
        .chain([("objective/trials", trials(record))])
        .filter(|(_, points)| !points.is_empty())
        .collect()
}

/// Values of a search's trials by number.
fn trials(record: &RunRecord) -> Vec<(u32, f64)> {
    let trials = record.trials.iter();
    trials
        .filter_map(|trial| Some((trial.number, trial.value?)))
        .filter(|(_, value)| value.is_finite())
        .collect()
}

/// Seconds since 1970 at a run's start and end.
fn times(row: &LogRow) -> (f64, f64) {
    let end = chrono::DateTime::parse_from_rfc3339(&row.timestamp)
        .map_or(0.0, |time| time.timestamp() as f64);
    ((end - row.duration_seconds).max(0.0), end)
}
