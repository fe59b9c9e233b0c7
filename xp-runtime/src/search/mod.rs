//! A search: suggest, train, report each epoch, prune, finish; every trial is durable the moment it ends, and the same
//! command goes on where an earlier run stopped (F31, F32). Trials are trained by worker processes of this same program, so
//! that a trial's death is that trial's state (F33).

mod earlier;
mod figures;
mod limits;
mod pool;
mod protocol;
mod result;
mod schedule;
mod show;
mod trial;
mod worker;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use xp_search::{Direction, Study, StudyIdentity, Trial, TrialState};
use xp_spec::{
    experiment::{Hpo, Run as Kind},
    hash::setting,
};

use crate::{
    data::Data,
    error::RunError,
    guard::ThermalGuard,
    run::{Outcome, Run},
};
use schedule::{End, Schedule};

pub(crate) use earlier::{may_leave_behind, wanted_source};
pub(crate) use limits::Limits;
pub(crate) use show::show;
pub(crate) use worker::serve;

/// The study's file in a search's folder.
const STUDY: &str = "study.db";

/// Runs or resumes the study of an experiment.
pub(crate) fn search(run: &Run, data: &Data, guard: &ThermalGuard) -> Result<Outcome, RunError> {
    let Kind::Hpo(hpo) = &run.experiment.run else {
        return Err(RunError::Failed(
            "this experiment is no search; build it again".to_owned(),
        ));
    };
    let started = Instant::now();
    let deadline = started + Duration::from_secs(hpo.timeout_seconds);
    let folder = run.folder();
    let best_file = folder.join(format!("{}_best.json", run.experiment.budget));
    let mut study =
        Study::open(&folder.join(STUDY), identity(run, data, hpo)).map_err(RunError::failed)?;
    earlier::take_over(run, hpo, &mut study)?;
    trial::catch_up(run, &mut study)?;
    let wanted = hpo.trials as usize;
    let trials = study.trials().map_err(RunError::failed)?;
    let (found, cut_off) = (ended(trials), cut_off(trials));
    if found > 0 || cut_off > 0 {
        run.output.say(&format!(
            "resumed: {found} of {wanted} trials had ended, {cut_off} were cut off and go on"
        ));
    }
    let nothing_to_do = |found: usize| {
        RunError::NothingToDo(format!(
            "finished: {found} of {wanted} trials; best in {}; --trials N extends the search",
            best_file.display()
        ))
    };
    if found >= wanted && result::settled(run, &best_file, found)? {
        run.refresh_report()?;
        return Err(nothing_to_do(found));
    }
    run.facts.borrow_mut().result.seed = Some(hpo.seed);
    let end = Schedule::new(run, hpo, guard, &mut study, deadline).run()?;
    match end {
        End::Stopped(stop) if stop != protocol::Stop::Timeout => {
            return Err(guard.stopped(stop.reason()));
        }
        End::Exhausted { points } => {
            let now = ended(study.trials().map_err(RunError::failed)?);
            run.output.say(&format!(
                "all {points} points of the search space were tried, fewer than {wanted} trials"
            ));
            if now == found && result::settled(run, &best_file, found)? {
                run.refresh_report()?;
                return Err(nothing_to_do(found));
            }
        }
        End::Done | End::Stopped(_) => {}
    }
    result::finish(run, data, hpo, &mut study, &best_file, started, end)
}

fn identity(run: &Run, data: &Data, hpo: &Hpo) -> StudyIdentity {
    StudyIdentity {
        name: run.folder_name(),
        spec_hash: run.hash.clone(),
        data_md5: data.md5.clone(),
        direction: Direction::Minimize,
        metric: run.experiment.training.objective.label().to_owned(),
        space: hpo.space.clone(),
        spec: spec(
            run,
            hpo,
            json!({"samples": data.val.len(), "positives": data.val.positives()}),
        ),
    }
}

/// What a study keeps of its experiment beside the space: trials of studies that agree in all but `search` compare.
fn spec(run: &Run, hpo: &Hpo, validation: Value) -> Value {
    json!({
        "experiment": setting(&run.experiment),
        "overrides": run.arguments.overrides(),
        "validation": validation,
        "search": {"seed": hpo.seed, "strategy": hpo.strategy, "fixed": hpo.fixed},
    })
}

/// Number and value of the complete trials, the lowest first.
fn ranked(trials: &[Trial]) -> Vec<(u32, f64)> {
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
fn best_of(study: &Study, ranked: &[(u32, f64)]) -> Result<Option<(u32, f64, bool)>, RunError> {
    for &(number, value) in ranked {
        let kept = study.attributes(number).map_err(RunError::failed)?;
        if kept.get("collapsed") != Some(&json!(true)) {
            return Ok(Some((number, value, false)));
        }
    }
    Ok(ranked.first().map(|&(number, value)| (number, value, true)))
}

/// [`best_of`] trials, as a trial.
fn best_trial<'a>(
    study: &Study,
    trials: &'a [Trial],
) -> Result<Option<(&'a Trial, bool)>, RunError> {
    let best = best_of(study, &ranked(trials))?;
    Ok(best.and_then(|(number, _, collapsed)| {
        let trial = trials.iter().find(|trial| trial.number == number)?;
        Some((trial, collapsed))
    }))
}

/// Trials that ended by themselves: cut-off ones start again.
fn ended(trials: &[Trial]) -> usize {
    trials
        .iter()
        .filter(|trial| trial.state != TrialState::Running && !trial.state.says_nothing())
        .count()
}

/// Trials that were interrupted or too hot: the next run takes them over.
fn cut_off(trials: &[Trial]) -> usize {
    let cut_off =
        |trial: &&Trial| matches!(trial.state, TrialState::Interrupted | TrialState::Thermal);
    trials.iter().filter(cut_off).count()
}
