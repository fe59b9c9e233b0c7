//! A run as MLflow's metrics, parameters and tags, in JSON.

use serde_json::{Value, json};

use crate::{
    log::LogRow,
    record::RunRecord,
    tracking::{curves::curves, hyperparameters::flattened},
};

/// Longest value of a parameter or tag that MLflow stores.
const LONGEST: usize = 5000;

pub(super) fn metrics(row: &LogRow, record: &RunRecord, end: i64) -> Vec<Value> {
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

pub(super) fn parameters(row: &LogRow) -> Vec<Value> {
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
        let hyper = flattened(hyper).into_iter();
        found.extend(hyper.map(|(name, value)| (name, plain(&value))));
    }
    found
        .into_iter()
        .map(|(key, value)| json!({"key": key, "value": cut(&value)}))
        .collect()
}

pub(super) fn tags(row: &LogRow) -> Vec<Value> {
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
        ("best_step", row.best_step.map(|step| step.to_string())),
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
