//! What a workspace holds when a run has come to its end, without what may differ between two runs: times, names of runs, the machine's load.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hasher as _},
    path::Path,
};

use serde_json::Value;
use xp_test_support::files;

use super::{Sandbox, leftovers};

/// Columns of the log, and keys of JSON files, that tell of the moment or of the machine.
const OF_THE_MOMENT: [&str; 22] = [
    "timestamp",
    "duration_seconds",
    "run_id",
    "code_version",
    "thermal_max_temp",
    "thermal_paused_seconds",
    "samples_per_second",
    "peak_memory_bytes",
    "energy_joules",
    "seconds",
    "started",
    "ended_at",
    "datetime_start",
    "datetime_complete",
    "duration",
    "process",
    "owner",
    "attempts",
    "memory",
    "flops_per_second",
    "resumed",
    "threads",
];

fn without_moment(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !OF_THE_MOMENT.contains(&key.as_str()));
            map.values_mut().for_each(without_moment);
            map.sort_keys();
        }
        Value::Array(items) => items.iter_mut().for_each(without_moment),
        _ => {}
    }
}

fn json(path: &Path) -> Value {
    let mut value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    without_moment(&mut value);
    value
}

/// All results, as text that is equal for equal results. Rows of runs that failed are no results.
///
/// # Panics
/// Where the files of a workspace contradict each other.
pub(crate) fn results(sandbox: &Sandbox) -> String {
    let mut text = String::new();
    let all = sandbox.log();
    let rows: Vec<_> = all
        .iter()
        .filter(|row| row["status"] == "success")
        .collect();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row["run_id"].as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "a run has one row: {rows:?}");
    for row in &rows {
        let mut cells: Vec<_> = row
            .iter()
            .filter(|(column, _)| !OF_THE_MOMENT.contains(&column.as_str()))
            .collect();
        cells.sort();
        writeln!(text, "{cells:?}").unwrap();
    }
    let report = fs::read_to_string(sandbox.path("docs/experiment_results.md")).unwrap();
    for id in &ids {
        assert!(report.contains(id), "the report does not tell of {id}");
    }
    // A run that was refused before it began is a row, and no experiment.
    if all.len() == rows.len() {
        let experiments: BTreeSet<&str> =
            rows.iter().map(|row| row["experiment"].as_str()).collect();
        let total = format!("**Total Experiments**: {} (", experiments.len());
        assert!(report.contains(&total), "the report has another total");
    }

    let root = sandbox.folder.path();
    let none: Vec<std::path::PathBuf> = Vec::new();
    assert_eq!(leftovers(root), none);
    let mut runs = BTreeSet::new();
    for folder in [
        "outputs/hpo",
        "outputs/training",
        "outputs/runs",
        "outputs/tensorboard",
    ] {
        for path in files(&sandbox.path(folder)) {
            let name = path.strip_prefix(root).unwrap().to_string_lossy();
            let extension = path.extension().unwrap_or_default().to_string_lossy();
            assert!(!name.contains("/checkpoints/"), "left: {name}");
            if name.contains("/.") {
                continue;
            }
            match (folder, &*extension) {
                ("outputs/runs", _) => {
                    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
                    let record = json(&path);
                    runs.insert(stem);
                    writeln!(text, "record {record}").unwrap();
                }
                ("outputs/tensorboard", _) => {
                    let run = name.rsplit('.').next().unwrap();
                    runs.insert(run.to_owned());
                }
                (_, "json") => writeln!(text, "{name} {}", json(&path)).unwrap(),
                (_, "safetensors") => {
                    let bytes = fs::read(&path).unwrap();
                    writeln!(text, "{name} {:016x}", fingerprint(&bytes)).unwrap();
                }
                _ => writeln!(text, "{name}").unwrap(),
            }
        }
    }
    let known: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    assert_eq!(runs, known, "records and curves are those of rows");
    text
}

fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// Whether two workspaces have the same results; else the first line that differs.
pub(crate) fn assert_same(found: &str, expected: &str, context: &str) {
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "{context}");
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{context}");
}
