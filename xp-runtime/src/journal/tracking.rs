//! Trackers of a run: TensorBoard's files, and MLflow where `MLFLOW_TRACKING_URI` is set. The log is the record: a tracker that cannot be
//! reached is a warning only.

use std::path::Path;

use xp_clock::Clock;
use xp_report::{
    log::LogRow,
    record::RunRecord,
    tracking::{self, TrackingError},
};

use crate::context::unless_interrupted;

/// Publishes a run; its failures. Ctrl-C does not wait for a tracker.
pub(super) fn publish(
    root: &Path,
    clock: &Clock,
    row: &LogRow,
    record: &RunRecord,
    without_mlflow: bool,
) -> Vec<TrackingError> {
    let uri = std::env::var(tracking::MLFLOW_URI).ok();
    let uri = uri.filter(|_| !without_mlflow);
    let (root, row, record) = (root.to_owned(), row.clone(), record.clone());
    let tracker_clock = clock.clone();
    let published = unless_interrupted(clock, move || {
        tracking::publish(&root, uri.as_deref(), &row, &record, &tracker_clock)
    });
    // An interrupt has its own message.
    published.ok().flatten().unwrap_or_default()
}

/// Whether the server did not answer, and would not answer the next time.
pub(super) fn is_silent(failure: &TrackingError) -> bool {
    matches!(failure, TrackingError::Mlflow { silent: true, .. })
}
