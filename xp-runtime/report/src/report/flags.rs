//! Warnings about a run (F29, F36, F37): from its own row, and from comparing it with the other rows of the log.

use std::collections::BTreeMap;

use super::{
    data_sets,
    run::{Run, Stale, phase_of},
};
use crate::{
    log::{LintFinding, LogRow, Status},
    record::{Predictions, RunRecord, Unavailable},
};

/// Rows with their records and flags.
pub(super) fn with_records(
    rows: Vec<LogRow>,
    record: impl Fn(&LogRow) -> Result<RunRecord, Unavailable>,
) -> Vec<Run> {
    let counts = |row: &LogRow| !row.overridden && row.val_loss.is_some();
    let newest: BTreeMap<String, (String, Option<String>)> = rows
        .iter()
        .filter(|row| counts(row))
        .map(|row| (row.experiment.clone(), version(row)))
        .collect();
    let mut runs: Vec<Run> = rows
        .into_iter()
        .map(|row| {
            let record = record(&row);
            let now = newest.get(&row.experiment).filter(|_| counts(&row));
            let stale = now.and_then(|now| stale(&version(&row), now));
            let mut flags = own(&row);
            let lost = record.as_ref().err().map(|unavailable| match unavailable {
                Unavailable::Absent => "record_missing",
                Unavailable::Unreadable => "record_unreadable",
            });
            flags.extend(lost.filter(|_| row.status == Status::Success).map(|flag| {
                format!(
                    "{flag} (its curve and predictions are lost: it is excluded from fits and comparisons)"
                )
            }));
            Run {
                record: record.ok(),
                data: None,
                stale,
                flags,
                row,
            }
        })
        .collect();
    data_sets::name(&mut runs);
    compare(&mut runs);
    runs
}

/// What must be equal for two runs to be seeds of one experiment: its spec, and of a training the hyperparameters, which it may borrow from
/// a search that was resumed.
fn version(row: &LogRow) -> (String, Option<String>) {
    let own = row.hyperparameters.clone();
    let trained = own.filter(|_| row.run_type == "training");
    (row.spec_hash.clone(), trained)
}

fn stale(own: &(String, Option<String>), newest: &(String, Option<String>)) -> Option<Stale> {
    if own.0 != newest.0 {
        Some(Stale::Spec)
    } else if own.1 != newest.1 {
        Some(Stale::Hyperparameters)
    } else {
        None
    }
}

/// Flags of the row alone.
fn own(row: &LogRow) -> Vec<String> {
    let flags = row.flags.as_deref().unwrap_or_default();
    let mut found: Vec<String> = flags.split_whitespace().map(str::to_owned).collect();
    let dirty = |version: &String| version.ends_with("+dirty");
    if row.code_version.as_ref().is_some_and(dirty) {
        found.push("dirty_tree".to_owned());
    }
    if row.status == Status::Incomplete {
        found.push("incomplete".to_owned());
    }
    // The entry has what they found, and why it is allowed.
    let lints = LintFinding::of_cell(row.lints.as_deref());
    found.extend(lints.iter().map(|finding| {
        let allowed = finding.reason.as_ref().map_or("", |_| " (allowed)");
        format!("lint {}{allowed}", finding.lint)
    }));
    if let Some(paused) = row.thermal_paused_seconds.filter(|seconds| *seconds > 0.0) {
        found.push(format!(
            "throttled (paused {paused:.0} s by the thermal guard)"
        ));
    }
    found
}

/// Flags from comparing runs with each other.
fn compare(runs: &mut [Run]) {
    let mut code: BTreeMap<String, String> = BTreeMap::new();
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let mut last: BTreeMap<(String, String, Option<u64>), usize> = BTreeMap::new();
    let mut data: BTreeMap<String, String> = BTreeMap::new();
    let mut results: BTreeMap<String, usize> = BTreeMap::new();
    for (position, run) in runs.iter().enumerate() {
        let row = &run.row;
        *ids.entry(row.run_id.clone()).or_default() += 1;
        if row.overridden || row.status != Status::Success {
            continue;
        }
        if let Some(version) = &row.code_version {
            code.insert(phase_of(row), commit(version).to_owned());
        }
        last.insert(
            (row.experiment.clone(), row.spec_hash.clone(), row.seed),
            position,
        );
        if let (Some(md5), Some(name)) = (&row.data_md5, &run.data) {
            data.entry(md5.clone()).or_insert_with(|| name.clone());
        }
        if let Some(test) = run.record.as_ref().and_then(|record| record.test.as_ref()) {
            results.entry(fingerprint(test)).or_insert(position);
        }
    }
    let experiments: Vec<String> = runs.iter().map(|run| run.row.experiment.clone()).collect();
    for (position, run) in runs.iter_mut().enumerate() {
        let mut found = Vec::new();
        if let Some(stale) = run.stale {
            let why = match stale {
                Stale::Spec => "stale_spec (an older version of the experiment)",
                Stale::Hyperparameters => {
                    "stale_hyperparameters (trained with older borrowed hyperparameters than the newest run)"
                }
            };
            found.push(why.to_owned());
        }
        let row = &run.row;
        let copies = ids.get(&row.run_id).filter(|_| !row.run_id.is_empty());
        if copies.is_some_and(|count| *count > 1) {
            found.push("duplicate_row (its run id occurs more than once)".to_owned());
        }
        if !row.overridden && row.status == Status::Success {
            let version = row.code_version.as_deref().map(commit);
            let newest = code.get(&phase_of(row)).map(String::as_str);
            if version != newest {
                found.push("stale_code (the phase's newest run is of another commit)".to_owned());
            }
            let key = (row.experiment.clone(), row.spec_hash.clone(), row.seed);
            if last.get(&key).is_some_and(|newest| *newest != position) {
                found.push("superseded (a later run of the same spec and seed counts)".to_owned());
            }
            let first = row.data_md5.as_ref().and_then(|md5| data.get(md5));
            if let (Some(first), Some(name)) = (first, &run.data)
                && first != name
            {
                found.push(format!("duplicate_data (the same file as {first})"));
            }
            let test = run.record.as_ref().and_then(|record| record.test.as_ref());
            if let Some(first) = test.and_then(|test| results.get(&fingerprint(test)))
                && let Some(other) = experiments.get(*first)
                && *other != row.experiment
            {
                found.push(format!(
                    "duplicate_results (the same predictions as {other})"
                ));
            }
        }
        run.flags.extend(found);
    }
}

fn commit(version: &str) -> &str {
    version.strip_suffix("+dirty").unwrap_or(version)
}

/// Predictions by their bits; equal ones of two specs are a copy, since even a seed changes all digits.
fn fingerprint(test: &Predictions) -> String {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for probability in &test.probabilities {
        hash = (hash ^ probability.to_bits()).wrapping_mul(0x0100_0000_01B3);
        hash ^= hash >> 29;
    }
    format!("{hash:016x}-{}", test.probabilities.len())
}
