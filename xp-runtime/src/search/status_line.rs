//! `--study-status`: where a search stands, as one line of JSON for other programs. It writes nothing.

use serde_json::{Map, Value as Json, json};
use xp_search::{Study, TrialState, counts};
use xp_spec::experiment::{Hpo, Run};

use crate::{
    context::{Context, RunError},
    journal::Journal,
    study::{best_trial, ended, place},
};

/// Trials that ended last by whose durations the rate is estimated.
const RECENT: usize = 20;

/// Prints the line.
pub(crate) fn print_status(context: &Context, journal: &Journal<'_>) -> Result<(), RunError> {
    let Run::Hpo(hpo) = &context.experiment.run else {
        return Err(RunError::NothingToDo(
            "--study-status: only a search has that".to_owned(),
        ));
    };
    let mut status = json!({"name": context.folder_name(), "wanted": hpo.trials});
    if let (Some(mut study), Some(status)) =
        (place::open_read_only(context)?, status.as_object_mut())
    {
        status.extend(of_study(hpo, &mut study)?);
    }
    journal.info(&status.to_string());
    Ok(())
}

/// What its study tells; what is not known is null.
fn of_study(hpo: &Hpo, study: &mut Study) -> Result<Map<String, Json>, RunError> {
    let trials = study.trials()?.to_vec();
    let states: Map<String, Json> = counts(&trials)
        .iter()
        .map(|(state, count)| (state.name().to_owned(), json!(count)))
        .collect();
    let ages = study.heartbeat_ages()?;
    let mut running = Vec::new();
    for trial in trials.iter().filter(|t| t.state == TrialState::Running) {
        let owner = study.owner(trial.number)?;
        let owner = owner.as_ref();
        running.push(json!({
            "number": trial.number,
            "host": owner.and_then(|owner| owner.node.as_ref().or(owner.host.as_ref())),
            "pid": owner.map(|owner| owner.pid),
            "job": owner.and_then(|owner| owner.job.as_ref()),
            "seconds_since_heartbeat": ages.get(&trial.number),
        }));
    }
    let per_hour = rate(study, running.len())?;
    let missing = (hpo.trials as usize).saturating_sub(ended(&trials)) as f64;
    let left = per_hour.map(|per_hour| 3600.0 * missing / per_hour);
    let best = best_trial(study, &trials)?
        .map(|(trial, _)| json!({"number": trial.number, "value": trial.value}));
    let status = json!({
        "states": states,
        "running": running,
        "trials_per_hour": per_hour,
        "seconds_left": left,
        "best": best,
        "study": study.place(),
    });
    Ok(status.as_object().cloned().unwrap_or_default())
}

/// Trials per hour, by the mean duration of those that ended last and by how many run now; absent where either is unknown.
fn rate(study: &mut Study, running: usize) -> Result<Option<f64>, RunError> {
    let ended = study.known_trials().iter().rev();
    let ended = ended.filter(|t| matches!(t.state, TrialState::Complete | TrialState::Pruned));
    let numbers: Vec<u32> = ended.take(RECENT).map(|trial| trial.number).collect();
    let mut durations = Vec::new();
    for number in numbers {
        let kept = study.attributes(number)?;
        durations.extend(kept.get("duration_seconds").and_then(Json::as_f64));
    }
    let mean = durations.iter().sum::<f64>() / durations.len() as f64;
    Ok((running > 0 && mean > 0.0).then(|| 3600.0 * running as f64 / mean))
}
