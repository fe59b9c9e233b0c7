//! What TensorBoard shows of a run: its curves, and of a search each trial with its hyperparameters.

use std::{collections::BTreeSet, fs, io, path::Path};

use xp_spec::files::write_atomic;

use super::{
    curves::{curves, times},
    events::{EventFile, Session, Status, Summary},
    hyperparameters::flattened,
};
use crate::{
    log::LogRow,
    record::{RunRecord, TrialLine},
};

/// What TensorBoard takes for its own file, and adds to the curves of the others in the folder.
const EVENTS: &str = "events.out.tfevents.";
/// A search's folder has one of each trial, by its number.
const TRIAL: &str = "trial_";

/// Writes the events of a record, in place of all that is in the folder: a search that went on, or a training that was made again, has one curve,
/// and its own trials only.
pub(super) fn write(folder: &Path, row: &LogRow, record: &RunRecord) -> io::Result<()> {
    let (start, end) = times(row);
    let name = format!("{EVENTS}{start:010.0}.{}", row.run_id);
    let mut written = BTreeSet::new();
    let curves = curves(record);
    if !curves.is_empty() {
        let mut file = EventFile::new(start);
        for (tag, points) in curves {
            let count = points.len() as f64;
            for (position, (step, value)) in points.into_iter().enumerate() {
                // Evaluations have no times of their own in a record; they are spread over the run.
                let wall = start + (end - start) * (position as f64 + 1.0) / count;
                file.summary(wall, step, Summary::scalar(tag, value));
            }
        }
        write_atomic(&folder.join(&name), &file.into_bytes())?;
        written.insert(name.clone());
    }
    for line in &record.trials {
        let trial = format!("{TRIAL}{:04}", line.number);
        let file = trial_events(start, end, line).into_bytes();
        write_atomic(&folder.join(&trial).join(&name), &file)?;
        remove_others(&folder.join(&trial), &BTreeSet::from([name.clone()]))?;
        written.insert(trial);
    }
    remove_others(folder, &written)
}

/// A trial for the plugin `hparams`: its parameters and state, and its objective where it has one.
fn trial_events(start: f64, end: f64, trial: &TrialLine) -> EventFile {
    let mut file = EventFile::new(start);
    let params = trial.params.iter();
    let mut hyperparameters = flattened(params.filter_map(|(name, value)| {
        let value = serde_json::to_value(value).ok()?;
        Some((name.clone(), value))
    }));
    hyperparameters.push(("state".to_owned(), trial.state.clone().into()));
    file.summary(start, 0, Session::start(start, hyperparameters).summary());
    if let Some(value) = trial.value.filter(|value| value.is_finite()) {
        file.summary(end, trial.number, Summary::scalar("objective", value));
    }
    // One that was interrupted or stopped by heat goes on.
    let status = match trial.state.as_str() {
        "complete" | "pruned" => Some(Status::Success),
        "failed" | "nan" | "out_of_memory" | "timed_out" => Some(Status::Failure),
        _ => None,
    };
    if let Some(status) = status {
        file.summary(end, 0, Session::end(end, status).summary());
    }
    file
}

/// Removes the events and trials of a folder that were not written now.
fn remove_others(folder: &Path, written: &BTreeSet<String>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = name.starts_with(EVENTS) || name.starts_with(TRIAL);
        if is_ours && !written.contains(&name) {
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(path)?;
            } else {
                fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}
