//! `--study`: where a search stands, what it found, and what running it would do. It writes nothing.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use xp_search::{Liveness, Owner, Study, Trial, TrialState, counts};
use xp_spec::{
    duration::specified,
    experiment::{Experiment, Hpo, Run},
    hash::effective_hash,
    scalar::rounded,
    value::Value,
};

use super::{references::stored_lines, trial};
use crate::{
    context::{Context, RunError},
    journal::Journal,
    study::{Overridden, best_trial, borders, continuation, counted, ended, overridden, place},
};

/// Prints the status of the search.
pub(crate) fn show_status(context: &Context, journal: &Journal<'_>) -> Result<(), RunError> {
    let Run::Hpo(hpo) = &context.experiment.run else {
        return Err(RunError::Failed(
            "--study: only a search has that".to_owned(),
        ));
    };
    if let Some(mut study) = place::open_read_only(context)? {
        let trials = study.trials()?.to_vec();
        for line in lines(context, hpo, &mut study, &trials)? {
            journal.info(&line);
        }
    } else {
        journal.info(&format!(
            "{}: no study yet; running it starts {} trials",
            context.folder_name(),
            hpo.trials
        ));
    }
    for other in overridden_beside(context) {
        journal.info(&other);
    }
    Ok(())
}

/// The studies of the same search that options have changed, with how to see them.
fn overridden_beside(context: &Context) -> Vec<String> {
    if context.overridden {
        return Vec::new();
    }
    let experiment = context.experiment.name();
    let others = overridden(context, &experiment);
    // As the file declares it now: one that was overridden before an edit has another hash.
    let declared: Option<Experiment> = serde_json::from_str(context.spec.experiment).ok();
    let line = |other: &Overridden| {
        let overrides = Json::Object(other.overrides.clone());
        let is_current = declared
            .as_ref()
            .is_some_and(|declared| effective_hash(declared, &overrides) == other.spec_hash);
        let how = if is_current {
            format!(
                "`cargo xp study {} -- {}` shows it",
                context.experiment.binary, other.options
            )
        } else {
            "it is of an earlier version of the experiment".to_owned()
        };
        format!(
            "overridden, kept apart and borrowed by nothing: {}; {how}",
            other.text()
        )
    };
    others.iter().map(line).collect()
}

fn lines(
    context: &Context,
    hpo: &Hpo,
    study: &mut Study,
    trials: &[Trial],
) -> Result<Vec<String>, RunError> {
    let states: Vec<String> = counts(trials)
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    let mut lines = vec![format!(
        "{}: {} have ended{}",
        context.folder_name(),
        counted(ended(trials), hpo.trials),
        if states.is_empty() {
            String::new()
        } else {
            format!(" ({})", states.join(", "))
        }
    )];
    lines.extend(best_lines(context, study, trials)?);
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
            running.push((trial, holder(study, trial.number)?));
        }
    }
    for (trial, holder) in &running {
        lines.push(format!("running: trial {}, {}", trial.number, holder.1));
    }
    lines.push(next(context, hpo, study, trials, &running));
    Ok(lines)
}

fn best_lines(
    context: &Context,
    study: &mut Study,
    trials: &[Trial],
) -> Result<Vec<String>, RunError> {
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
        let text = match value {
            Value::Float(number) => rounded(*number),
            other => other.to_string(),
        };
        lines.push(format!("  {name}: {text}"));
    }
    for border in borders(context, &study.identity().space, &best.assignment) {
        lines.push(format!("  {border}: the optimum may lie beyond it"));
    }
    let best_file = context
        .folder()
        .join(format!("{}_best.json", context.experiment.budget));
    let compared = stored_lines(&best_file, best.number);
    lines.extend(compared.iter().map(|line| format!("  {line}")));
    if collapsed {
        lines.push(
            "  it has collapsed, as all complete trials have: they predict the class prior"
                .to_owned(),
        );
    }
    Ok(lines)
}

/// Trials that did not end well by state, with what was kept of why.
fn failures(study: &mut Study, trials: &[Trial]) -> Result<Vec<String>, RunError> {
    let mut by_state: BTreeMap<TrialState, Vec<String>> = BTreeMap::new();
    for trial in trials {
        if !(trial.state.is_infeasible() || trial.state.is_uninformative()) {
            continue;
        }
        let kept = study.attributes(trial.number)?;
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

/// The process that trains a running trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// A process of this machine: a second one is refused.
    Local,
    /// A machine or a program that cannot be asked: its trial is not touched.
    Remote,
    /// It has exited: the trial is resumed.
    Exited,
}

/// The process that trains a running trial, and that in words.
fn holder(study: &mut Study, number: u32) -> Result<(Holder, String), RunError> {
    let Some(owner) = study.owner(number)? else {
        return Ok((Holder::Remote, "of another program".to_owned()));
    };
    let host = owner.host.as_deref().unwrap_or("a host without name");
    Ok(match owner.liveness(&Owner::current()) {
        Liveness::Alive => (Holder::Local, format!("in process {}", owner.pid)),
        Liveness::Exited | Liveness::Restarted => (
            Holder::Exited,
            format!("its process {} has died", owner.pid),
        ),
        Liveness::Remote if study.heartbeat_expired(number)? => (
            Holder::Exited,
            format!("process {} on {host} has been silent for long", owner.pid),
        ),
        Liveness::Remote => (
            Holder::Remote,
            format!("in process {} on {host}", owner.pid),
        ),
    })
}

/// What running the same experiment would do.
fn next(
    context: &Context,
    hpo: &Hpo,
    study: &mut Study,
    trials: &[Trial],
    running: &[(&Trial, (Holder, String))],
) -> String {
    if study.identity().spec_hash != context.hash {
        let spec_hash = &study.identity().spec_hash;
        return match continuation::may_move_aside(context, spec_hash) {
            Ok(()) => "a run would start a new study and move this one aside".to_owned(),
            Err(error) => format!("a run would be refused: {error}"),
        };
    }
    if context.server.is_none()
        && running
            .iter()
            .any(|(_, (holder, _))| *holder == Holder::Local)
    {
        return "a run would be refused: another process works on it".to_owned();
    }
    let wanted = hpo.trials as usize;
    let ended = ended(trials);
    if ended >= wanted {
        return "a run would have nothing to do; --trials N extends the search".to_owned();
    }
    let resumed: Vec<String> = trials
        .iter()
        .filter(|trial| {
            running.iter().any(|(other, (holder, _))| {
                other.number == trial.number && *holder == Holder::Exited
            }) || matches!(trial.state, TrialState::Interrupted | TrialState::Thermal)
        })
        .map(|trial| {
            let kept = trial::checkpoint(context, trial.number).folder.is_dir();
            let from = if kept { "its checkpoint" } else { "its start" };
            format!("trial {} from {from}", trial.number)
        })
        .collect();
    let mut parts = Vec::new();
    if !resumed.is_empty() {
        parts.push(format!("resume {}", resumed.join(", ")));
    }
    let new = wanted.saturating_sub(ended + resumed.len());
    if new > 0 {
        parts.push(format!("start {new} new trials"));
    }
    format!(
        "a run would {}, for {} at most",
        parts.join(" and "),
        specified(hpo.timeout_seconds)
    )
}
