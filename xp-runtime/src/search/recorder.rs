//! Stores how a trial ended: predictions, study, file, line. In this order, so that a search that is killed in between loses nothing.

use serde_json::json;
use xp_search::{Outcome, Study, StudyError, Trial};
use xp_spec::count::group;

use super::{
    pool::Busy,
    predictions::write_predictions,
    progress::best_so_far,
    protocol::{TrialOutcome, TrialResult},
    trial,
};
use crate::{
    context::{Context, RunError},
    journal::Journal,
    study::{best_of, ranked},
};

/// A trial that ended.
pub(super) struct EndedTrial<'a> {
    pub(super) busy: &'a Busy,
    /// Since it began, seconds.
    pub(super) seconds: f64,
    pub(super) outcome: &'a Outcome,
    /// Absent where its worker died.
    pub(super) result: Option<&'a TrialResult>,
    /// Why it ended so, for people.
    pub(super) message: Option<&'a str>,
    pub(super) jobs: usize,
    /// How long the rest will take, for people; absent where none is left.
    pub(super) left: Option<String>,
    /// Temperature, for people; absent where it is unknown.
    pub(super) temperature: Option<String>,
}

/// Stores how a trial ended, writes its file, and prints it.
pub(super) fn record(
    context: &Context,
    journal: &Journal<'_>,
    study: &mut Study,
    ended: &EndedTrial<'_>,
) -> Result<(), RunError> {
    let EndedTrial { busy, result, .. } = *ended;
    let number = busy.task.number;
    let mut attributes = trial::attributes(
        &context.experiment,
        busy,
        ended.seconds,
        result,
        ended.message,
    );
    attributes.insert("jobs".to_owned(), json!(ended.jobs));
    keep_predictions(context, study, number, result)?;
    match study.finish(number, ended.outcome, &attributes) {
        // Another process of the study goes on with it.
        Err(error @ StudyError::TakenOver { .. }) => {
            journal.warn(&format!("warning: {error}"));
            return Ok(());
        }
        other => other?,
    }
    let stored = study.attributes(number)?;
    let trials = study.trials()?;
    let Some(trial) = trials.iter().find(|trial| trial.number == number) else {
        return Ok(());
    };
    trial::write_trial(&context.folder(), trial, &stored)?;
    // One that was interrupted resumes from it.
    if !trial.state.is_uninformative() {
        journal.discard(&trial::checkpoint(context, number));
    }
    journal.info(&line(context, trial, trials, ended));
    Ok(())
}

/// How a trial ended, for people.
fn line(context: &Context, trial: &Trial, trials: &[Trial], ended: &EndedTrial<'_>) -> String {
    let EndedTrial { busy, result, .. } = *ended;
    let why = ended
        .message
        .map_or_else(String::new, |message| format!(" ({message})"));
    let evaluations = result
        .map_or(0, |result| result.curve.len())
        .max(busy.curve.len());
    let label = context.experiment.training.objective.label();
    let value = trial.value.map_or_else(
        || "no value".to_owned(),
        |value| format!("{label} {value:.4}"),
    );
    let count = trial::param_count(&context.experiment, &busy.task);
    let parameters = count.map(|count| format!("{} parameters", group(count)));
    let parts = [
        Some(format!(
            "trial {}: {}{why} after {evaluations} evaluations in {:.1} s",
            trial.number, trial.state, ended.seconds
        )),
        Some(value),
        parameters,
        best_so_far(trials),
        ended.left.clone(),
        ended.temperature.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Keeps the predictions of a trial that becomes the best, before the study knows it: a search that is killed in between trains it again.
fn keep_predictions(
    context: &Context,
    study: &mut Study,
    number: u32,
    result: Option<&TrialResult>,
) -> Result<(), RunError> {
    let Some(TrialResult {
        outcome: TrialOutcome::Complete {
            value,
            probabilities,
        },
        collapsed,
        ..
    }) = result
    else {
        return Ok(());
    };
    let ranked = ranked(study.trials()?);
    let better = match best_of(study, &ranked)? {
        None => true,
        Some((_, _, true)) if !collapsed => true,
        Some((_, _, false)) if *collapsed => false,
        Some((best, least, _)) => (*value, number) < (least, best),
    };
    if better {
        let is_shared = context.server.is_some();
        write_predictions(&context.folder(), number, is_shared, probabilities)?;
    }
    Ok(())
}
