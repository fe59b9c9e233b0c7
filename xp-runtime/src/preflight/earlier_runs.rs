//! What the experiment has been through: a finished run of the same spec and data, and a process that works on it now.

use xp_host::{
    process_lock::ProcessLock,
    resources::{Finding, Severity},
};
use xp_report::log::{LogRow, Status};
use xp_spec::experiment::Run;

use crate::{context::Context, journal::Journal};

/// Another process on the experiment is an error in a dry run too: it is looked at, nothing is taken.
pub(super) fn findings(context: &Context, journal: &Journal<'_>, rows: &[LogRow]) -> Vec<Finding> {
    let mut findings = vec![finished(context, journal, rows)];
    if let Err(error) = ProcessLock::check(&context.folder()) {
        findings.push(Finding::new(Severity::Error, "process", error.to_string()));
    }
    findings
}

/// The newest success of the same spec hash and data. What it has is kept and not computed again, so that other code is worth a warning.
fn finished(context: &Context, journal: &Journal<'_>, rows: &[LogRow]) -> Finding {
    let manifest = context.workspace.manifest().ok();
    let md5 = manifest.and_then(|manifest| {
        let entry = manifest.processed.get(&context.experiment.data.name)?;
        Some(entry.md5.clone())
    });
    let same = |row: &&LogRow| {
        row.status == Status::Success && row.spec_hash == context.hash && row.data_md5 == md5
    };
    let found: Vec<&LogRow> = rows.iter().filter(same).collect();
    let Some(row) = found.last().copied() else {
        return Finding::new(
            Severity::Good,
            "earlier",
            "no run of this spec and data has finished",
        );
    };
    let code = |version: &Option<String>| match version {
        Some(version) => format!("code {version}"),
        None => "unknown code".to_owned(),
    };
    let (then, now) = (&row.code_version, &journal.code_version());
    let (severity, code) = if then == now && now.is_some() {
        (Severity::Good, format!("by the same {}", code(now)))
    } else {
        (
            Severity::Warning,
            format!(
                "by {}, now it is {}; {} recomputes it",
                code(then),
                code(now),
                match &context.experiment.run {
                    Run::Hpo(_) => "--new-study or another seed",
                    Run::Train(_) => "another seed",
                }
            ),
        )
    };
    let (run, at) = (&row.run_id, &row.timestamp);
    let text = match missing_seeds(&context.experiment.run, &found) {
        None => format!(
            "run {run} finished this spec on this data at {at} {code}; its results are kept"
        ),
        Some((done, all)) => format!(
            "{done} of {all} seeds of this spec have finished on this data, the last as run {run} at {at} {code}; their results are kept, only missing ones are computed"
        ),
    };
    Finding::new(severity, "earlier", text)
}

/// Of a training that has not finished with all of its seeds: how many have finished, and how many there are.
fn missing_seeds(run: &Run, successes: &[&LogRow]) -> Option<(usize, usize)> {
    let Run::Train(train) = run else { return None };
    let is_done = |seed: &&u64| successes.iter().any(|row| row.seed == Some(**seed));
    let done = train.seeds.iter().filter(is_done).count();
    (done < train.seeds.len()).then_some((done, train.seeds.len()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

    use xp_spec::experiment::{Params, Train};

    use super::*;

    #[test]
    fn a_training_has_finished_when_all_of_its_seeds_have() {
        let run = Run::Train(Train {
            params: Params::Best("hpo_2M_threshold_1pct".to_owned()),
            seeds: vec![1, 2, 3],
        });
        let row = |seed: u64| -> LogRow {
            serde_json::from_value(serde_json::json!({
                "timestamp": "", "experiment": "", "phase": "", "budget": "", "task": "", "horizon": 5, "timescale": "",
                "script_path": "", "run_type": "training", "status": "success", "duration_seconds": 1.0, "run_id": "",
                "spec_hash": "", "overridden": false, "seed": seed,
            }))
            .unwrap()
        };
        let rows = [1, 2, 3].map(row);
        let all: Vec<&LogRow> = rows.iter().collect();
        assert_eq!(missing_seeds(&run, &all[..1]), Some((1, 3)));
        assert_eq!(missing_seeds(&run, &all), None);
    }
}
