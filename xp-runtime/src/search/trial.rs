//! One trial as it is kept: its seed, what the study holds beside its value, and its JSON file. It trains nothing.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};
use xp_engine::train::Checkpoint;
use xp_search::{Outcome, Study, Trial, TrialState};
use xp_spec::{
    count::count_parameters,
    experiment::{Experiment, Hpo},
    hyper::Hyperparameters,
};

use super::{
    outcome::Stop,
    pool::Busy,
    protocol::{Task, TrialOutcome, TrialResult},
    write::write,
};
use crate::{
    context::{Context, RunError},
    journal::Journal,
};

/// Seed of a trial's training: a function of the search's and its number.
pub(super) fn seed(hpo: &Hpo, number: u32) -> u64 {
    hpo.seed
        .wrapping_add(u64::from(number).wrapping_mul(1_000_003))
}

/// Where the state of a trial is kept while it trains; one that was cut off goes on from there.
pub(super) fn checkpoint(context: &Context, number: u32) -> Checkpoint {
    Checkpoint {
        folder: context
            .folder()
            .join(format!("checkpoints/trial_{number:04}")),
        spec_hash: context.hash.clone(),
    }
}

/// What an ending means for its trial.
pub(super) fn outcome(result: &TrialResult) -> Outcome {
    match &result.outcome {
        TrialOutcome::Complete { value, .. } => Outcome::Complete { value: *value },
        TrialOutcome::Pruned => Outcome::Pruned,
        TrialOutcome::Stopped(Stop::Heat | Stop::SensorLost) => Outcome::Thermal,
        TrialOutcome::Stopped(Stop::Interrupt | Stop::Timeout) => Outcome::Interrupted,
        TrialOutcome::Nan => Outcome::Nan,
        TrialOutcome::OutOfMemory => Outcome::OutOfMemory,
        TrialOutcome::Failed { message } => Outcome::Failed {
            message: message.clone(),
        },
    }
}

/// What is kept of a trial beside its state and value; `message` tells why it ended so.
pub(super) fn attributes(
    experiment: &Experiment,
    busy: &Busy,
    seconds: f64,
    result: Option<&TrialResult>,
    message: Option<&str>,
) -> Map<String, Json> {
    let mut kept = Map::new();
    kept.insert("seed".to_owned(), json!(busy.task.seed));
    kept.insert("duration_seconds".to_owned(), json!(seconds));
    // Fewer than the parameter `steps` says where the run limits them.
    kept.insert("scheduled_steps".to_owned(), json!(busy.steps));
    if let Some(count) = param_count(experiment, &busy.task) {
        kept.insert("param_count".to_owned(), json!(count));
    }
    if !busy.rates.is_empty() {
        let mean = busy.rates.iter().sum::<f64>() / busy.rates.len() as f64;
        kept.insert("samples_per_second".to_owned(), json!(mean));
    }
    if let Some(result) = result {
        kept.insert("best_step".to_owned(), json!(result.best_step));
        kept.insert("collapsed".to_owned(), json!(result.collapsed));
        kept.insert("flags".to_owned(), json!(result.flags));
    }
    // Of a worker that died, what it had reported.
    let reported = result.map(|result| &result.curve);
    let curve = reported
        .filter(|curve| !curve.is_empty())
        .unwrap_or(&busy.curve);
    kept.insert("curve".to_owned(), json!(curve));
    if let Some(message) = message {
        kept.insert("error".to_owned(), json!(message));
    }
    kept
}

/// Exact parameters of a trial's model.
pub(super) fn param_count(experiment: &Experiment, task: &Task) -> Option<u64> {
    let hyper = Hyperparameters::from_assignment(&task.assignment).ok()?;
    count_parameters(&hyper.architecture, &experiment.input()).map(|count| count.total())
}

/// Writes `trials/NNNN.json`.
pub(super) fn write_trial(
    folder: &Path,
    trial: &Trial,
    attributes: &Map<String, Json>,
) -> Result<(), RunError> {
    let path = trial_file(folder, trial.number);
    let text = serde_json::to_vec_pretty(&json!({
        "number": trial.number,
        "state": trial.state.name(),
        "value": trial.value,
        "params": trial.assignment,
        "attributes": attributes,
    }))
    .map_err(RunError::failed)?;
    write(&path, &text)
}

/// Writes the files of ended trials that have none, or one from when they were interrupted, and removes their checkpoints: a run that was
/// killed between a trial's end in the study and these, or another program that went on with the study.
pub(super) fn write_missing(
    context: &Context,
    journal: &Journal<'_>,
    study: &mut Study,
) -> Result<(), RunError> {
    let folder = context.folder();
    let trials = study.trials()?.to_vec();
    for trial in trials {
        if matches!(trial.state, TrialState::Running | TrialState::Waiting) {
            continue;
        }
        let kept = study.attributes(trial.number)?;
        write_trial(&folder, &trial, &kept)?;
        if !trial.state.is_uninformative() {
            journal.discard(&checkpoint(context, trial.number));
        }
    }
    Ok(())
}

fn trial_file(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("trials/{number:04}.json"))
}
