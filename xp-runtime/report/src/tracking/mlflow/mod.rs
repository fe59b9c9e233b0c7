//! MLflow through its REST API 2.0: a run of ours as a run of an experiment of the same name, sent once when it is complete.

mod credentials;
mod payload;
mod redirect;
mod request_error;
mod server;

use payload::{metrics, parameters, tags};
use request_error::{RequestError, unexpected};
use serde_json::{Value, json};
use server::Server;
use xp_clock::Clock;

use super::curves::times;
use crate::{
    log::{LogRow, Status},
    record::RunRecord,
};

/// Metrics, and parameters or tags, that one `log-batch` may hold.
const BATCH: (usize, usize) = (1000, 100);

/// Sends a run; the error names neither credentials nor the query of an address.
pub(super) fn send(
    uri: &str,
    variable: impl Fn(&str) -> Option<String>,
    row: &LogRow,
    record: &RunRecord,
    clock: &Clock,
) -> Result<(), RequestError> {
    let server = Server::new(uri, variable, clock)?;
    let experiment = server.experiment(&row.experiment)?;
    let (start, end) = times(row);
    let milliseconds = |seconds: f64| (seconds * 1000.0) as i64;
    let created = server.post(
        "runs/create",
        &json!({
            "experiment_id": experiment,
            "run_name": row.run_id,
            "start_time": milliseconds(start),
            "tags": tags(row),
        }),
    )?;
    let id = created
        .pointer("/run/info/run_id")
        .and_then(Value::as_str)
        .ok_or_else(|| unexpected("runs/create answered without a run id"))?;
    let metrics = metrics(row, record, milliseconds(end));
    for batch in metrics.chunks(BATCH.0) {
        server.post("runs/log-batch", &json!({"run_id": id, "metrics": batch}))?;
    }
    for batch in parameters(row).chunks(BATCH.1) {
        server.post("runs/log-batch", &json!({"run_id": id, "params": batch}))?;
    }
    let status = match row.status {
        Status::Success => "FINISHED",
        Status::Failed => "FAILED",
        Status::ThermalAbort | Status::Interrupted | Status::Incomplete => "KILLED",
    };
    let ended = json!({"run_id": id, "status": status, "end_time": milliseconds(end)});
    server.post("runs/update", &ended).map(|_| ())
}
