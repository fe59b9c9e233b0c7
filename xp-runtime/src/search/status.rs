//! `--study`: where a search stands, what it found, and what running it would do. It writes nothing.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use xp_search::{Liveness, Owner, Study, Trial, TrialState, counts};
use xp_spec::experiment::{Hpo, Run};

use super::trial;
use crate::{
    context::{Context, RunError},
    journal::Journal,
    study::{STUDY, best_trial, continuation, ended},
};

/// Prints the status of the search.
pub(crate) fn show_status(context: &Context, journal: &Journal<'_>) -> Result<(), RunError> {
    let Run::Hpo(hpo) = &context.experiment.run else {
        return Err(RunError::Failed(
            "this experiment is a training; --study belongs to searches".to_owned(),
        ));
    };
    let file = context.folder().join(STUDY);
    if !file.exists() {
        journal.info(&format!(
            "{}: no study yet; running it starts {} trials",
            context.experiment.name(),
            hpo.trials
        ));
        return Ok(());
    }
    let mut study = Study::open_read_only(&file, &context.clock).map_err(RunError::failed)?;
    let trials = study.trials().map_err(RunError::failed)?.to_vec();
    for line in lines(context, hpo, &study, &trials)? {
        journal.info(&line);
    }
    Ok(())
}

fn lines(
    context: &Context,
    hpo: &Hpo,
    study: &Study,
    trials: &[Trial],
) -> Result<Vec<String>, RunError> {
    let states: Vec<String> = counts(trials)
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    let mut lines = vec![format!(
        "{}: {} of {} trials have ended{}",
        context.experiment.name(),
        ended(trials),
        hpo.trials,
        if states.is_empty() {
            String::new()
        } else {
            format!(" ({})", states.join(", "))
        }
    )];
    lines.extend(best_lines(study, trials)?);
    match xp_search::importance(&study.identity().space, trials) {
        Ok(Some(shares)) => {
            let shares: Vec<String> = shares
                .iter()
                .map(|(name, share)| format!("{name} {:.0} %", 100.0 * share))
                .collect();
            lines.push(format!("importance (PED-ANOVA): {}", shares.join(", ")));
        }
        Ok(None) => lines.push(format!(
            "importance: not with fewer than {} trials that have a value",
            xp_search::importance::MIN_TRIALS
        )),
        Err(error) => lines.push(format!("importance: {error}")),
    }
    lines.extend(failures(study, trials)?);
    let mut running = Vec::new();
    for trial in trials {
        if trial.state == TrialState::Running {
            running.push((trial, life(study, trial.number)?));
        }
    }
    for (trial, life) in &running {
        lines.push(format!("running: trial {}, {}", trial.number, life.1));
    }
    lines.push(next(context, hpo, study, trials, &running));
    Ok(lines)
}

fn best_lines(study: &Study, trials: &[Trial]) -> Result<Vec<String>, RunError> {
    let Some((best, collapsed)) = best_trial(study, trials)? else {
        return Ok(vec!["best: no trial has completed".to_owned()]);
    };
    let count = |key: &str| {
        let place = format!("/validation/{key}");
        study.identity().spec.pointer(&place).and_then(Json::as_u64)
    };
    let on = match (count("samples"), count("positives")) {
        (Some(n), Some(positives)) => format!(" (n {n}, {positives} positive)"),
        _ => String::new(),
    };
    let mut lines = vec![format!(
        "best: trial {}, validation {} {:.4}{on}, the lowest of many on the same samples",
        best.number,
        study.identity().metric,
        best.value.unwrap_or(f64::NAN)
    )];
    for (name, value) in &best.assignment {
        lines.push(format!("  {name}: {value}"));
    }
    if collapsed {
        lines.push(
            "  it has collapsed, as all complete trials have: they predict the class prior"
                .to_owned(),
        );
    }
    Ok(lines)
}

/// Trials that did not end well by state, with what was kept of why.
fn failures(study: &Study, trials: &[Trial]) -> Result<Vec<String>, RunError> {
    let mut by_state: BTreeMap<TrialState, Vec<String>> = BTreeMap::new();
    for trial in trials {
        if !(trial.state.is_infeasible() || trial.state.is_uninformative()) {
            continue;
        }
        let kept = study.attributes(trial.number).map_err(RunError::failed)?;
        let why = kept
            .get("error")
            .and_then(Json::as_str)
            .map_or_else(String::new, |why| format!(" ({why})"));
        by_state
            .entry(trial.state)
            .or_default()
            .push(format!("{}{why}", trial.number));
    }
    Ok(by_state
        .into_iter()
        .map(|(state, trials)| format!("{state}: trial {}", trials.join(", ")))
        .collect())
}

/// Who works on a running trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// A process of this machine: a second one is refused.
    Here,
    /// A machine or a program that cannot be asked: its trial is left alone.
    Elsewhere,
    /// Nobody any more: it is taken over.
    Nobody,
}

/// Who works on a running trial, and that in words.
fn life(study: &Study, number: u32) -> Result<(Who, String), RunError> {
    let Some(owner) = study.owner(number).map_err(RunError::failed)? else {
        return Ok((Who::Elsewhere, "of another program".to_owned()));
    };
    let host = owner.host.as_deref().unwrap_or("a host without name");
    Ok(match owner.liveness(&Owner::current()) {
        Liveness::Alive => (Who::Here, format!("in process {}", owner.pid)),
        Liveness::Exited => (Who::Nobody, format!("its process {} has died", owner.pid)),
        Liveness::Remote if study.heartbeat_expired(number).map_err(RunError::failed)? => (
            Who::Nobody,
            format!("process {} on {host} has been silent for long", owner.pid),
        ),
        Liveness::Remote => (
            Who::Elsewhere,
            format!("in process {} on {host}", owner.pid),
        ),
    })
}

/// What running the same experiment would do.
fn next(
    context: &Context,
    hpo: &Hpo,
    study: &Study,
    trials: &[Trial],
    running: &[(&Trial, (Who, String))],
) -> String {
    if study.identity().spec_hash != context.hash {
        return match continuation::may_move_aside(context) {
            Ok(()) => "a run would start anew and keep this study aside".to_owned(),
            Err(error) => format!("a run would be refused: {error}"),
        };
    }
    if running.iter().any(|(_, (who, _))| *who == Who::Here) {
        return "a run would be refused: another process works on it".to_owned();
    }
    let wanted = hpo.trials as usize;
    let ended = ended(trials);
    if ended >= wanted {
        return "a run would have nothing to do; --trials N extends the search".to_owned();
    }
    let taken_over: Vec<String> = trials
        .iter()
        .filter(|trial| {
            running
                .iter()
                .any(|(other, (who, _))| other.number == trial.number && *who == Who::Nobody)
                || matches!(trial.state, TrialState::Interrupted | TrialState::Thermal)
        })
        .map(|trial| {
            let kept = trial::checkpoint(context, trial.number).folder.is_dir();
            let from = if kept { "its checkpoint" } else { "its start" };
            format!("trial {} from {from}", trial.number)
        })
        .collect();
    let mut parts = Vec::new();
    if !taken_over.is_empty() {
        parts.push(format!("go on with {}", taken_over.join(", ")));
    }
    let new = wanted.saturating_sub(ended + taken_over.len());
    if new > 0 {
        parts.push(format!("start {new} new trials"));
    }
    format!(
        "a run would {}, for {} s at most",
        parts.join(" and "),
        hpo.timeout_seconds
    )
}
