//! Which trials of a study have ended, and which is the best.

use serde_json::json;
use xp_search::{Study, Trial, TrialState};

use crate::context::RunError;

/// Number and value of the complete trials, the lowest first.
pub(crate) fn ranked(trials: &[Trial]) -> Vec<(u32, f64)> {
    let complete = trials
        .iter()
        .filter(|trial| trial.state == TrialState::Complete);
    let mut ranked: Vec<(u32, f64)> = complete
        .filter_map(|trial| Some((trial.number, trial.value.filter(|v| v.is_finite())?)))
        .collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    ranked
}

/// The first of ranked trials that has not collapsed, and whether all have (F29): a model that predicts the class prior is ranked behind
/// every other.
pub(crate) fn best_of(
    study: &mut Study,
    ranked: &[(u32, f64)],
) -> Result<Option<(u32, f64, bool)>, RunError> {
    for &(number, value) in ranked {
        let kept = study.attributes(number)?;
        if kept.get("collapsed") != Some(&json!(true)) {
            return Ok(Some((number, value, false)));
        }
    }
    Ok(ranked.first().map(|&(number, value)| (number, value, true)))
}

/// [`best_of`] trials, as a trial.
pub(crate) fn best_trial<'a>(
    study: &mut Study,
    trials: &'a [Trial],
) -> Result<Option<(&'a Trial, bool)>, RunError> {
    let best = best_of(study, &ranked(trials))?;
    Ok(best.and_then(|(number, _, collapsed)| {
        let trial = trials.iter().find(|trial| trial.number == number)?;
        Some((trial, collapsed))
    }))
}

/// Trials that ended by themselves: interrupted ones are taken over.
pub(crate) fn ended(trials: &[Trial]) -> usize {
    trials
        .iter()
        .filter(|trial| trial.state != TrialState::Running && !trial.state.is_uninformative())
        .count()
}

/// Trials that were interrupted or too hot: the next run takes them over.
pub(crate) fn interrupted(trials: &[Trial]) -> usize {
    let interrupted =
        |trial: &&Trial| matches!(trial.state, TrialState::Interrupted | TrialState::Thermal);
    trials.iter().filter(interrupted).count()
}
