//! MLflow through its REST API 2.0: a run of ours as a run of an experiment of the same name, sent once when it is complete.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{curves, times};
use crate::{
    log::{LogRow, Status},
    record::RunRecord,
};

/// A server that does not answer must not hold up a queue of experiments.
const CONNECT: Duration = Duration::from_secs(3);
/// The longest that one request may take, and all of them.
const REQUEST: Duration = Duration::from_secs(5);
const ALL: Duration = Duration::from_secs(15);
/// Metrics, and parameters or tags, that one `log-batch` may hold.
const BATCH: (usize, usize) = (1000, 100);
/// The longest value that MLflow keeps of a parameter, and of a tag.
const LONGEST: usize = 5000;

/// Why a server did not take something.
pub(super) struct Refusal {
    /// What it or the connection said.
    pub(super) said: String,
    /// The status of its answer; absent where it gave none.
    status: Option<u16>,
}

impl Refusal {
    /// Whether nobody answered: asking again would wait again.
    pub(super) fn is_silence(&self) -> bool {
        self.status.is_none()
    }
}

/// An answer that is none of MLflow's.
fn odd(said: impl Into<String>) -> Refusal {
    Refusal {
        said: said.into(),
        status: Some(200),
    }
}

/// Sends a run; the error names neither credentials nor the query of an address.
pub(super) fn send(uri: &str, row: &LogRow, record: &RunRecord) -> Result<(), Refusal> {
    if !uri.starts_with("http://") && !uri.starts_with("https://") {
        return Err(odd(
            "MLFLOW_TRACKING_URI is no http:// or https:// address, and only servers are written to",
        ));
    }
    let server = Server {
        agent: ureq::AgentBuilder::new().timeout_connect(CONNECT).build(),
        deadline: Instant::now() + ALL,
        uri: uri.trim_end_matches('/'),
        token: std::env::var("MLFLOW_TRACKING_TOKEN").ok(),
    };
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
        .ok_or_else(|| odd("runs/create answered without a run id"))?;
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

struct Server<'a> {
    agent: ureq::Agent,
    uri: &'a str,
    token: Option<String>,
    deadline: Instant,
}

impl Server<'_> {
    fn request(&self, method: &str, path: &str) -> ureq::Request {
        // A millisecond, past the deadline: then the request itself says that time is up.
        let left = self.deadline.saturating_duration_since(Instant::now());
        let request = self
            .agent
            .request(method, &format!("{}/api/2.0/mlflow/{path}", self.uri))
            .timeout(left.clamp(Duration::from_millis(1), REQUEST));
        match &self.token {
            Some(token) => request.set("Authorization", &format!("Bearer {token}")),
            None => request,
        }
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal> {
        answer(
            path,
            self.request("POST", path)
                .set("Content-Type", "application/json")
                .send_string(&body.to_string()),
        )
    }

    /// The id of the experiment of that name, created where it is not there.
    fn experiment(&self, name: &str) -> Result<String, Refusal> {
        let find = || {
            let path = "experiments/get-by-name";
            let request = self.request("GET", path).query("experiment_name", name);
            let found = answer(path, request.call())?;
            let id = found
                .pointer("/experiment/experiment_id")
                .and_then(Value::as_str);
            id.map(str::to_owned)
                .ok_or_else(|| odd("experiments/get-by-name answered without an id"))
        };
        find().or_else(|refusal| {
            // Whoever does not answer, or does not let us in, has no better word for a second question.
            if refusal.status != Some(404) {
                return Err(refusal);
            }
            let created = self.post("experiments/create", &json!({"name": name}));
            match created {
                Ok(created) => created
                    .get("experiment_id")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
                    .ok_or_else(|| odd("experiments/create answered without an id")),
                // Another process may have created it since.
                Err(cause) => find().map_err(|_| cause),
            }
        })
    }
}

/// A server's answer, or what went wrong, bounded.
fn answer(path: &str, response: Result<ureq::Response, ureq::Error>) -> Result<Value, Refusal> {
    match response {
        Ok(response) => {
            let text = response.into_string().map_err(|cause| Refusal {
                said: format!("{path}: {cause}"),
                status: None,
            })?;
            serde_json::from_str(&text).map_err(|_| {
                odd(format!(
                    "{path} answered what is no JSON; is it an MLflow server?"
                ))
            })
        }
        Err(ureq::Error::Status(code, response)) => {
            let text = response.into_string().unwrap_or_default();
            let said: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
            Err(Refusal {
                said: format!("{path} answered {code}: {said}"),
                status: Some(code),
            })
        }
        Err(ureq::Error::Transport(transport)) => Err(Refusal {
            said: format!(
                "{path}: {}{}",
                transport.kind(),
                transport
                    .message()
                    .map_or_else(String::new, |text| format!(": {text}"))
            ),
            status: None,
        }),
    }
}

fn metrics(row: &LogRow, record: &RunRecord, end: i64) -> Vec<Value> {
    let single = [
        ("val_loss", row.val_loss),
        ("val_auc", row.val_auc),
        ("test_loss", row.test_loss),
        ("test_auc", row.test_auc),
        ("test_accuracy", row.test_accuracy),
        ("duration_seconds", Some(row.duration_seconds)),
        ("thermal_max_temp", row.thermal_max_temp),
    ];
    let single = single.into_iter().filter_map(|(key, value)| {
        let value = value.filter(|value| value.is_finite())?;
        Some(json!({"key": key, "value": value, "timestamp": end, "step": 0}))
    });
    let curves = curves(record).into_iter().flat_map(|(key, points)| {
        points.into_iter().map(move |(step, value)| {
            json!({"key": key, "value": value, "timestamp": end, "step": step})
        })
    });
    single.chain(curves).collect()
}

fn parameters(row: &LogRow) -> Vec<Value> {
    let mut found = vec![
        ("budget".to_owned(), row.budget.clone()),
        ("task".to_owned(), row.task.clone()),
        ("horizon".to_owned(), row.horizon.to_string()),
        ("timescale".to_owned(), row.timescale.clone()),
    ];
    let mut known = |name: &str, value: Option<String>| {
        found.extend(value.map(|value| (name.to_owned(), value)));
    };
    known("seed", row.seed.map(|seed| seed.to_string()));
    known(
        "param_count",
        row.param_count.map(|count| count.to_string()),
    );
    known("n_features", row.n_features.map(|count| count.to_string()));
    let hyper = row.hyperparameters.as_deref().unwrap_or_default();
    if let Ok(Value::Object(hyper)) = serde_json::from_str(hyper) {
        for (name, value) in hyper {
            match value {
                Value::Object(parts) => found.extend(
                    parts
                        .into_iter()
                        .map(|(part, value)| (format!("{name}.{part}"), plain(&value))),
                ),
                value => found.push((name, plain(&value))),
            }
        }
    }
    found
        .into_iter()
        .map(|(key, value)| json!({"key": key, "value": cut(&value)}))
        .collect()
}

fn tags(row: &LogRow) -> Vec<Value> {
    let found = [
        ("run_id", Some(row.run_id.clone())),
        ("spec_hash", Some(row.spec_hash.clone())),
        ("phase", Some(row.phase.clone())),
        ("run_type", Some(row.run_type.clone())),
        ("status", Some(row.status.name().to_owned())),
        ("overridden", Some(row.overridden.to_string())),
        ("code_version", row.code_version.clone()),
        ("data_md5", row.data_md5.clone()),
        ("device", row.device.clone()),
        ("flags", row.flags.clone()),
        ("best_epoch", row.best_epoch.map(|epoch| epoch.to_string())),
        ("mlflow.source.name", Some(row.script_path.clone())),
    ];
    found
        .into_iter()
        .filter_map(|(key, value)| Some(json!({"key": key, "value": cut(&value?)})))
        .collect()
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
