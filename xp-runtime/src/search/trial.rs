//! One trial as it is kept: its seed, what the study holds beside its value, and its JSON file. It trains nothing.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use xp_search::{Outcome, Study, Trial, TrialState};
use xp_spec::{
    count::count_parameters,
    experiment::{Experiment, Hpo},
    files::write_atomic,
    hyper::Hyperparameters,
};

use super::{
    pool::Busy,
    protocol::{Ending, How, Stop, Task},
};
use crate::{error::RunError, run::Run, train::Checkpoint, training::discard};

/// Seed of a trial's training: a function of the search's and its number.
pub(super) fn seed(hpo: &Hpo, number: u32) -> u64 {
    hpo.seed
        .wrapping_add(u64::from(number).wrapping_mul(1_000_003))
}

/// Where the state of a trial is kept while it trains; one that was cut off goes on from there.
pub(super) fn checkpoint(run: &Run, number: u32) -> Checkpoint {
    Checkpoint {
        folder: run.folder().join(format!("checkpoints/trial_{number:04}")),
        spec_hash: run.hash.clone(),
    }
}

/// What an ending means for its trial.
pub(super) fn outcome(ending: &Ending) -> Outcome {
    match &ending.how {
        How::Complete { value, .. } => Outcome::Complete { value: *value },
        How::Pruned => Outcome::Pruned,
        How::Stopped(Stop::Heat | Stop::Blind) => Outcome::Thermal,
        How::Stopped(Stop::Interrupt | Stop::Timeout) => Outcome::Interrupted,
        How::Nan => Outcome::Nan,
        How::OutOfMemory => Outcome::OutOfMemory,
        How::Failed { message } => Outcome::Failed {
            message: message.clone(),
        },
    }
}

/// What is kept of a trial beside its state and value; `message` tells why it ended so.
pub(super) fn attributes(
    experiment: &Experiment,
    busy: &Busy,
    ending: Option<&Ending>,
    message: Option<&str>,
) -> Map<String, Json> {
    let mut kept = Map::new();
    kept.insert("seed".to_owned(), json!(busy.task.seed));
    kept.insert(
        "duration_seconds".to_owned(),
        json!(busy.started.elapsed().as_secs_f64()),
    );
    if let Some(count) = param_count(experiment, &busy.task) {
        kept.insert("param_count".to_owned(), json!(count));
    }
    if !busy.rates.is_empty() {
        let mean = busy.rates.iter().sum::<f64>() / busy.rates.len() as f64;
        kept.insert("samples_per_second".to_owned(), json!(mean));
    }
    if let Some(ending) = ending {
        kept.insert("best_epoch".to_owned(), json!(ending.best_epoch));
        kept.insert("collapsed".to_owned(), json!(ending.collapsed));
        kept.insert("flags".to_owned(), json!(ending.flags));
    }
    // Of a worker that died, what it had reported.
    let told = ending.map(|ending| &ending.curve);
    let curve = told
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

/// Writes the files of ended trials that have none and removes their checkpoints: a run that was killed between a trial's end in the
/// study and its file, or another program that went on with the study.
pub(super) fn catch_up(run: &Run, study: &mut Study) -> Result<(), RunError> {
    let folder = run.folder();
    let trials = study.trials().map_err(RunError::failed)?.to_vec();
    for trial in trials {
        let unfinished = matches!(trial.state, TrialState::Running | TrialState::Waiting);
        if unfinished || trial_file(&folder, trial.number).exists() {
            continue;
        }
        let kept = study.attributes(trial.number).map_err(RunError::failed)?;
        write_trial(&folder, &trial, &kept)?;
        if !trial.state.says_nothing() {
            discard(run, &checkpoint(run, trial.number));
        }
    }
    Ok(())
}

fn trial_file(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("trials/{number:04}.json"))
}

/// Probabilities on validation of the best trial so far.
#[derive(Debug, Serialize, Deserialize)]
struct BestPredictions {
    trial: u32,
    probabilities: Vec<f64>,
}

/// Where they are kept: of the best trial only, because they are as long as validation.
fn predictions_file(folder: &Path) -> PathBuf {
    folder.join("best_predictions.json")
}

/// Keeps the predictions of a trial that is better than all before it.
pub(super) fn write_predictions(
    folder: &Path,
    trial: u32,
    probabilities: &[f64],
) -> Result<(), RunError> {
    let text = serde_json::to_vec(&BestPredictions {
        trial,
        probabilities: probabilities.to_vec(),
    })
    .map_err(RunError::failed)?;
    write(&predictions_file(folder), &text)
}

/// The predictions of a trial on a region of `samples`; absent where the file is of another trial, as after trials were taken over from
/// another study, or is no such file.
pub(super) fn read_predictions(folder: &Path, trial: u32, samples: usize) -> Option<Vec<f64>> {
    let text = std::fs::read(predictions_file(folder)).ok()?;
    let kept: BestPredictions = serde_json::from_slice(&text).ok()?;
    let fits = kept.trial == trial && kept.probabilities.len() == samples;
    (fits && kept.probabilities.iter().all(|p| (0.0..=1.0).contains(p)))
        .then_some(kept.probabilities)
}

/// Replaces a file, or says that what was there is untouched.
pub(super) fn write(path: &Path, text: &[u8]) -> Result<(), RunError> {
    write_atomic(path, text).map_err(|cause| {
        RunError::Failed(format!(
            "failed to write {}: {cause}; what was there before is untouched",
            path.display()
        ))
    })
}
