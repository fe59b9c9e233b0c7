//! A search: suggest, train, report each evaluation, prune, finish; every trial is durable the moment it ends, and the same
//! command resumes where an earlier run stopped (F31, F32). Trials are trained by worker processes of this same program, so
//! that a trial's death is that trial's state (F33).

mod best;
mod figures;
mod grace;
mod import;
mod limits;
mod outcome;
mod pool;
mod predictions;
mod progress;
mod protocol;
mod receive;
mod recorder;
mod references;
mod result;
mod schedule;
mod shared;
mod status;
mod status_line;
mod subject;
mod trial;
mod trials;
mod worker;
mod write;

use std::time::Duration;

use serde_json::json;
use xp_search::{Direction, StudyIdentity};
use xp_spec::experiment::{Hpo, Run};

use crate::{
    context::{Context, RunError},
    data::Data,
    guard::ThermalGuard,
    journal::{Conclusion, Finished, Journal, RowValues},
    preflight::{Ready, sweep},
    study::{counted, ended, interrupted, place, settings},
};
use outcome::{SearchOutcome, Stop};
use schedule::Schedule;
use subject::Search;

pub(crate) use status::show_status;
pub(crate) use status_line::print_status;
pub(crate) use worker::serve;

/// Runs or resumes the study of an experiment.
pub(crate) fn search(
    context: &Context,
    journal: &Journal<'_>,
    ready: &Ready,
    data: &Data,
    guard: &mut ThermalGuard,
) -> Result<Finished, RunError> {
    let Run::Hpo(hpo) = &context.experiment.run else {
        return Err(RunError::Failed(
            "this binary's experiment is not a search; build it again".to_owned(),
        ));
    };
    let folder = context.folder();
    let search = Search {
        hpo,
        data,
        signal: ready.signal.as_ref(),
        best_file: folder.join(format!("{}_best.json", context.experiment.budget)),
        started: context.clock.now(),
    };
    let deadline = search.started + Duration::from_secs(hpo.timeout_seconds);
    let mut study = place::open(context, identity(context, data, hpo))?;
    shared::check_numbers(context, &mut study)?;
    import::import_trials(
        context,
        journal,
        hpo,
        ready.continues.as_deref(),
        &mut study,
    )?;
    if context.server.is_none() {
        trial::write_missing(context, journal, &mut study)?;
    }
    let wanted = hpo.trials as usize;
    let trials = study.trials()?;
    let (found, interrupted) = (ended(trials), interrupted(trials));
    if found > 0 || interrupted > 0 {
        journal.info(&format!(
            "resumed: {} had ended, {interrupted} were interrupted and resume",
            counted(found, hpo.trials)
        ));
    }
    let already_finished = |found: usize| {
        Finished::without_results(Conclusion::AlreadyFinished(format!(
            "finished: {}; best in {}; --trials N extends the search",
            counted(found, hpo.trials),
            search.best_file.display()
        )))
    };
    if found >= wanted && best::is_settled(context, &search.best_file, found)? {
        return Ok(already_finished(found));
    }
    journal.note_values(&RowValues {
        seed: Some(hpo.seed),
        ..RowValues::default()
    });
    let bounds = (deadline, data.train.len() as u64);
    let outcome = Schedule::new(context, journal, hpo, guard, &mut study, bounds).run()?;
    journal.show_progress(&[]);
    match outcome {
        SearchOutcome::Stopped(stop) if stop != Stop::Timeout => {
            return Err(guard.error(stop.reason()));
        }
        SearchOutcome::Exhausted { points } => {
            let now = ended(study.trials()?);
            journal.info(&format!(
                "all {points} points of the search space were tried, fewer than {wanted} trials"
            ));
            if now == found && best::is_settled(context, &search.best_file, found)? {
                return Ok(already_finished(found));
            }
        }
        SearchOutcome::LeftToOthers => return Err(shared::left_to_others(&mut study)),
        SearchOutcome::Done | SearchOutcome::Stopped(_) => {}
    }
    if context.server.is_none() {
        return result::finish(context, journal, &search, &mut study, outcome);
    }
    if !study.claim_results()? {
        return Err(match outcome {
            SearchOutcome::Stopped(_) => shared::unfinished(hpo),
            _ => shared::left_to_others(&mut study),
        });
    }
    // Another process may have written them while this one waited.
    let found = ended(study.trials()?);
    if found >= wanted && best::is_settled(context, &search.best_file, found)? {
        return Ok(already_finished(found));
    }
    // What another process has begun to write and was killed.
    sweep(context);
    journal.log_unlogged()?;
    trial::write_missing(context, journal, &mut study)?;
    let finished = result::finish(context, journal, &search, &mut study, outcome)?;
    Ok(Finished {
        claim: Some(Box::new(study)),
        ..finished
    })
}

fn identity(context: &Context, data: &Data, hpo: &Hpo) -> StudyIdentity {
    StudyIdentity {
        name: context.folder_name(),
        spec_hash: context.hash.clone(),
        data_md5: data.md5.clone(),
        direction: Direction::Minimize,
        metric: context.experiment.training.objective.label().to_owned(),
        space: hpo.space.clone(),
        spec: settings(
            context,
            hpo,
            json!({"samples": data.val.len(), "positives": data.val.positives()}),
        ),
    }
}
