//! Export of runs to TensorBoard's event files and to an MLflow server. The log is the record: a failing tracker fails no run.

mod curves;
mod events;
mod hyperparameters;
mod mlflow;
mod tensorboard;

use std::path::Path;

use xp_clock::Clock;

use crate::{log::LogRow, record::RunRecord};

/// Event files of TensorBoard, relative to the workspace.
pub const TENSORBOARD: &str = "outputs/tensorboard";
/// The environment variable with the address of MLflow's server, as MLflow's own clients read it.
pub const MLFLOW_URI: &str = "MLFLOW_TRACKING_URI";

/// A run that could not be sent to a tracker.
#[derive(Debug, thiserror::Error)]
pub enum TrackingError {
    /// The event file was not written.
    #[error("failed to write TensorBoard's events: {0}; the run and its log are complete")]
    TensorBoard(std::io::Error),
    /// The server did not accept it.
    #[error("MLflow did not accept run {run_id}: {cause}; the run and its log are complete")]
    Mlflow {
        /// The run.
        run_id: String,
        /// Why.
        cause: String,
        /// Whether no server answered.
        silent: bool,
    },
}

/// Writes a run's events for TensorBoard, in place of earlier ones of its search, or of the seed of its training; `name` is that of the run's
/// folders, which overridden runs have for themselves.
pub fn write_events(
    workspace: &Path,
    name: &str,
    row: &LogRow,
    record: &RunRecord,
) -> Result<(), TrackingError> {
    let part = match row.seed.filter(|_| row.run_type == "training") {
        Some(seed) => format!("seed_{seed}"),
        None => "search".to_owned(),
    };
    let folder = workspace.join(TENSORBOARD).join(name).join(part);
    tensorboard::write(&folder, row, record).map_err(TrackingError::TensorBoard)
}

/// Sends a run to the MLflow server at an address, with the credentials of environment variables that `variable` reads; `clock` limits the time for its requests to 15 seconds together.
pub fn send(
    uri: &str,
    variable: impl Fn(&str) -> Option<String>,
    row: &LogRow,
    record: &RunRecord,
    clock: &Clock,
) -> Result<(), TrackingError> {
    mlflow::send(uri, variable, row, record, clock).map_err(|error| TrackingError::Mlflow {
        run_id: row.run_id.clone(),
        silent: error.is_unanswered(),
        cause: error.message,
    })
}
