//! What a finished or stopped search leaves: the best file, its row's numbers and its record. It trains nothing.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use xp_report::{
    PRIOR_NOT_BEATEN,
    record::{RunRecord, TrialLine},
};
use xp_search::{Study, Trial, counts};
use xp_spec::{duration::specified, experiment::Hpo, hyper::Hyperparameters};

use super::{
    best::Best,
    figures,
    outcome::{SearchOutcome, Stop},
    references,
    subject::Search,
};
use crate::{
    baselines,
    context::{Context, RunError},
    journal::{Conclusion, Finished, Journal, RowValues, with_flops},
    study::{borders, counted, ended},
};

/// Writes the best file and puts together what the run logs.
pub(super) fn finish(
    context: &Context,
    journal: &Journal<'_>,
    search: &Search<'_>,
    study: &mut Study,
    outcome: SearchOutcome,
) -> Result<Finished, RunError> {
    let (hpo, data) = (search.hpo, search.data);
    let trials = study.trials()?.to_vec();
    let Some(best) = Best::of(context, search, study, &trials)? else {
        return Err(without_best(context, hpo, &trials, outcome));
    };
    best.write(context, search, &trials)?;
    print_best(context, journal, search, &trials, &best);
    let values = RowValues {
        hyperparameters: serde_json::to_string(&best.params).ok(),
        seed: Some(hpo.seed),
        param_count: best.param_count,
        val_loss: best.val_loss,
        val_auc: best.val_auc,
        val: Some((data.val.len() as u64, data.val.positives() as u64)),
        best_epoch: best.selected.map(|point| point.epoch),
        best_step: best.selected.and_then(|point| point.step),
        collapsed: best.collapsed,
        flags: row_flags(&best),
        samples_per_second: best.samples_per_second,
        train_flops: flops_of_trials(context, search, study, &trials)?,
        duration_seconds: Some(context.clock.since(search.started).as_secs_f64()),
        ..RowValues::default()
    };
    let record = record(context, journal, search, study, &trials, best)?;
    Ok(Finished {
        search: Some((values, record)),
        files: vec![search.best_file.clone()],
        conclusion: conclusion(context, journal, hpo, ended(&trials), outcome),
        claim: None,
    })
}

/// What the monitors found in the best trial, and whether it beats the class prior.
fn row_flags(best: &Best) -> Vec<&'static str> {
    let beaten = (best.beats_prior == Some(false)).then_some(PRIOR_NOT_BEATEN);
    let flags = best.flags.iter().map(|flag| flag.name());
    flags.chain(beaten).collect()
}

fn is_timeout(outcome: SearchOutcome) -> bool {
    outcome == SearchOutcome::Stopped(Stop::Timeout)
}

/// The error of a search of which no trial completed.
fn without_best(
    context: &Context,
    hpo: &Hpo,
    trials: &[Trial],
    outcome: SearchOutcome,
) -> RunError {
    if is_timeout(outcome) {
        return RunError::Incomplete(format!(
            "time is up after {} and no trial has completed; run the same command to resume, or give it a longer --timeout",
            specified(hpo.timeout_seconds)
        ));
    }
    RunError::Failed(format!(
        "no trial completed ({}); the trials' files in {}/trials say why",
        states(trials),
        context.folder().display()
    ))
}

/// `3 complete, 7 pruned`.
fn states(trials: &[Trial]) -> String {
    let states: Vec<String> = counts(trials)
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    states.join(", ")
}

fn print_best(
    context: &Context,
    journal: &Journal<'_>,
    search: &Search<'_>,
    trials: &[Trial],
    best: &Best,
) {
    let val = &search.data.val;
    journal.info(&format!(
        "{} ({}); best trial {}: validation {} {:.4}{} (n {}, {} positive)",
        counted(ended(trials), search.hpo.trials),
        states(trials),
        best.number,
        context.experiment.training.objective.label(),
        best.value.unwrap_or(f64::NAN),
        best.interval
            .map_or_else(String::new, |(low, high)| format!(" [{low:.4}, {high:.4}]")),
        val.len(),
        val.positives()
    ));
    let samples = search.data.train.len() as u64;
    if let Some(point) = best.selected {
        journal.info(&format!(
            "trial {} was selected at step {} of {} (epoch {:.1})",
            best.number,
            point.step.unwrap_or_default(),
            context.scheduled_steps(best.hyper.clone(), samples),
            point.epoch
        ));
    }
    for border in borders(context, &search.hpo.space, &best.params) {
        journal.info(&format!(
            "{border}: the optimum may lie beyond it; widen the range"
        ));
    }
    for line in references::lines(&best.references, None) {
        journal.info(&line);
    }
    if best.beats_prior == Some(false) {
        for line in references::lines(&[], best.beats_prior) {
            journal.warn(&format!("warning: {line}"));
        }
    }
    if best.collapsed {
        journal.warn(&format!(
            "warning: all complete trials have collapsed, also the best, {}: they predict the class prior; widen the search",
            best.number
        ));
    }
}

/// The run's record, with the search's figures and the baselines on validation.
fn record(
    context: &Context,
    journal: &Journal<'_>,
    search: &Search<'_>,
    study: &mut Study,
    trials: &[Trial],
    best: Best,
) -> Result<RunRecord, RunError> {
    let experiment = &context.experiment;
    let space = &search.hpo.space;
    // A study that another program went on with may hold points of another space: then there is no importance.
    let importance = xp_search::importance(space, trials)
        .ok()
        .flatten()
        .unwrap_or_default();
    let slices = figures::slices(space, trials);
    figures::write_all(
        &context.folder(),
        &experiment.name(),
        experiment.training.objective.label(),
        trials,
        &importance,
        &slices,
    )?;
    let data = search.data;
    let samples = data.train.len() as u64;
    let curve = with_flops(best.curve.clone(), |step| {
        experiment.flops_of_steps(&best.hyper, step, samples)
    });
    let compared = baselines::evaluate(context, journal, data, &data.val)?;
    Ok(RunRecord {
        run_id: context.run_id.clone(),
        experiment: experiment.name(),
        trials: trials
            .iter()
            .map(|trial| TrialLine {
                number: trial.number,
                state: trial.state.name().to_owned(),
                value: trial.value,
                params: trial.assignment.clone(),
            })
            .collect(),
        trial_flags: trial_flags(study, trials)?,
        best_trial: Some(best.number),
        best_interval: best.interval,
        flags: row_flags(&best).into_iter().map(str::to_owned).collect(),
        references: best.references,
        curve,
        val: best.val,
        jobs: Some(context.workers.jobs),
        importance,
        slices,
        baselines: compared.baselines,
        missing_baselines: compared.missing,
        bayes: compared.bayes,
        ..RunRecord::default()
    })
}

fn conclusion(
    context: &Context,
    journal: &Journal<'_>,
    hpo: &Hpo,
    ended: usize,
    outcome: SearchOutcome,
) -> Conclusion {
    if is_timeout(outcome) {
        return Conclusion::TimedOut(format!(
            "time is up after {}: {} had ended; run the same command to resume",
            specified(hpo.timeout_seconds),
            counted(ended, hpo.trials)
        ));
    }
    let exhausted = matches!(outcome, SearchOutcome::Exhausted { .. });
    let declared = context.declared_trials;
    if context.overridden || exhausted || ended as u64 >= u64::from(declared) {
        return Conclusion::Complete;
    }
    journal.warn(&format!(
        "{ended} of the {declared} declared trials: logged as incomplete and excluded from tables until the rest has run; without --trials the search resumes"
    ));
    Conclusion::Partial
}

/// Operations of all trials, each to its last evaluation; absent where none of them was evaluated.
fn flops_of_trials(
    context: &Context,
    search: &Search<'_>,
    study: &mut Study,
    trials: &[Trial],
) -> Result<Option<f64>, RunError> {
    let mut sum = None;
    for trial in trials {
        let mut params = search.hpo.fixed.clone();
        params.extend(trial.assignment.clone());
        let kept = study.attributes(trial.number)?;
        let last = kept
            .get("curve")
            .and_then(Json::as_array)
            .and_then(|curve| curve.last());
        let step = last.and_then(|point| u32::try_from(point.get("step")?.as_u64()?).ok());
        // A trial of another program, such as Optuna, may have no curve and hyperparameters of its own.
        if let (Some(step), Ok(hyper)) = (step, Hyperparameters::from_assignment(&params)) {
            let samples = search.data.train.len() as u64;
            *sum.get_or_insert(0.0) += context.experiment.flops_of_steps(&hyper, step, samples);
        }
    }
    Ok(sum)
}

/// In how many trials each monitor found something.
fn trial_flags(study: &mut Study, trials: &[Trial]) -> Result<BTreeMap<String, u32>, RunError> {
    let mut found = BTreeMap::new();
    for trial in trials {
        let kept = study.attributes(trial.number)?;
        let flags = kept.get("flags").and_then(Json::as_array);
        for flag in flags.into_iter().flatten().filter_map(|flag| flag.as_str()) {
            *found.entry(flag.to_owned()).or_insert(0) += 1;
        }
    }
    Ok(found)
}
