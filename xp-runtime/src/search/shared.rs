//! A study that several processes share: what one of them does that is not alone. It starts no trial.

use std::fs;

use xp_search::{Study, TrialState};
use xp_spec::{duration::specified, experiment::Hpo};

use crate::{
    context::{Context, RunError},
    study::ended,
};

/// Refuses a study that is new where the folder has files of trials: it is another database than before, and its trials would overwrite them.
pub(super) fn check_numbers(context: &Context, study: &mut Study) -> Result<(), RunError> {
    if context.server.is_none() {
        return Ok(());
    }
    let trials = study.trials()?;
    let (count, done) = (trials.len(), ended(trials));
    let folder = context.folder().join("trials");
    let files = fs::read_dir(&folder).map_or(0, Iterator::count);
    if files == 0 && done > 0 {
        tracing::warn!(
            "warning: the study {} has {done} ended trials and none of their files are in {}: another folder works on it, or this one was moved away; what was interrupted starts anew here, and the best trial's interval may be missing",
            study.place(),
            folder.display()
        );
    }
    if count > 0 || files == 0 {
        return Ok(());
    }
    Err(RunError::Failed(format!(
        "the study {} has no trials, and {files} of its trials are in {}: is it another database than before? Name that one, or move {} away to start a new study",
        study.place(),
        folder.display(),
        context.folder().display()
    )))
}

/// The end of a process whose time is up, where another one writes the row.
pub(super) fn unfinished(hpo: &Hpo) -> RunError {
    RunError::TimeUp(format!(
        "time is up after {}: another process of the study writes the results; run the same command to resume",
        specified(hpo.timeout_seconds)
    ))
}

/// The end of a process that is not the last of its study: no row, since the study has one.
pub(super) fn left_to_others(study: &mut Study) -> RunError {
    let running = study
        .known_trials()
        .iter()
        .filter(|trial| trial.state == TrialState::Running)
        .map(|trial| trial.number.to_string());
    let running: Vec<String> = running.collect();
    let trials = match running.as_slice() {
        [] => String::new(),
        [one] => format!("trial {one} runs elsewhere, and "),
        several => format!("trials {} run elsewhere, and ", several.join(", ")),
    };
    RunError::NothingToDo(format!(
        "nothing is left to start: {trials}another process of the study writes the results"
    ))
}
