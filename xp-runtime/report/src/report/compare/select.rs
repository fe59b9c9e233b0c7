//! The runs that a name stands for.

use std::collections::{BTreeMap, BTreeSet};

use xp_spec::nearest::nearest;

use super::{error::CompareError, model::Side};
use crate::{log::Status, report::run::Run};

/// Runs with validation predictions, one per seed, the newest of each: of an experiment (`phase6a_hpo_…` or its file's name), of one of its
/// seeds (`…@1`), or of a run id, which may be overridden or stale.
pub(super) fn runs<'a>(all: &'a [Run], name: &str) -> Result<Vec<&'a Run>, CompareError> {
    if let Some(run) = all.iter().find(|run| run.row.run_id == name) {
        return usable(name, vec![run]);
    }
    let (experiment, seed) = match name.rsplit_once('@') {
        Some((experiment, seed)) => match seed.trim_start_matches("seed").parse::<u64>() {
            Ok(seed) => (experiment, Some(seed)),
            Err(_) => return Err(unknown(all, name)),
        },
        None => (name, None),
    };
    let named: Vec<&Run> = all
        .iter()
        .filter(|run| run.row.experiment == experiment || binary(run) == experiment)
        .collect();
    let experiments: BTreeSet<&str> = named
        .iter()
        .map(|run| run.row.experiment.as_str())
        .collect();
    if experiments.len() > 1 {
        let found: Vec<&str> = experiments.into_iter().collect();
        return Err(CompareError::Ambiguous {
            name: experiment.to_owned(),
            found: found.join(", "),
        });
    }
    if named.is_empty() {
        return Err(unknown(all, experiment));
    }
    let counts = |run: &&Run| {
        let ended = matches!(run.row.status, Status::Success | Status::Incomplete);
        let is_wanted = seed.is_none_or(|seed| run.row.seed == Some(seed));
        ended && is_wanted && !run.row.overridden && run.stale.is_none()
    };
    let mut newest: BTreeMap<Option<u64>, &Run> = BTreeMap::new();
    for run in named.into_iter().filter(counts) {
        newest.insert(run.row.seed, run);
    }
    usable(name, newest.into_values().collect())
}

/// The name of its file.
fn binary(run: &Run) -> &str {
    let file = run.row.script_path.rsplit('/').next().unwrap_or_default();
    file.strip_suffix(".rs").unwrap_or(file)
}

fn usable<'a>(name: &str, runs: Vec<&'a Run>) -> Result<Vec<&'a Run>, CompareError> {
    let without = |why: &str| CompareError::WithoutPredictions {
        name: name.to_owned(),
        why: why.to_owned(),
    };
    if runs.is_empty() {
        return Err(without(
            "none of this version and seed has ended, apart from overridden ones, which are named by their run id",
        ));
    }
    let kept: Vec<&Run> = runs
        .into_iter()
        .filter(|run| {
            run.record
                .as_ref()
                .is_some_and(|record| record.val.is_some())
        })
        .collect();
    if kept.is_empty() {
        return Err(without("its record is missing or has none"));
    }
    Ok(kept)
}

fn unknown(all: &[Run], name: &str) -> CompareError {
    let experiments = all.iter().map(|run| run.row.experiment.as_str());
    let ids = all.iter().map(|run| run.row.run_id.as_str());
    let known = experiments.chain(all.iter().map(binary)).chain(ids);
    CompareError::Unknown {
        name: name.to_owned(),
        help: nearest(name, known).map_or_else(
            || "; a name is an experiment's, with `@1` one of its seeds, or a run id".to_owned(),
            |near| format!("; did you mean `{near}`?"),
        ),
    }
}

/// A side of the result.
pub(super) fn side(name: &str, runs: &[&Run]) -> Side {
    Side {
        name: name.to_owned(),
        experiment: runs
            .last()
            .map_or_else(String::new, |run| run.row.experiment.clone()),
        runs: runs.iter().map(|run| run.row.run_id.clone()).collect(),
    }
}

/// What a reader should know of the runs of a side.
pub(super) fn notes(name: &str, runs: &[&Run]) -> Vec<String> {
    let mut notes = Vec::new();
    for run in runs {
        let id = &run.row.run_id;
        if let Some(best) = run.record.as_ref().and_then(|record| record.best_trial) {
            notes.push(format!(
                "{name} is a search: its best trial, {best}, was chosen on these validation samples, which favours it"
            ));
        }
        if run.row.status == Status::Incomplete {
            notes.push(format!("{id} is incomplete"));
        }
        if run.row.overridden {
            notes.push(format!("{id} was changed by the command line"));
        }
    }
    notes
}
