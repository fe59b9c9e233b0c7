//! What a finished or stopped search leaves: the best file, its row's numbers and its record. It trains nothing.

use std::{collections::BTreeMap, path::Path, time::Instant};

use serde_json::{Map, json};
use xp_engine::train::{Flag, Region};
use xp_metrics::{
    Blocks, Metric, REPLICATES, evaluate,
    metrics::{log_loss, roc_auc},
};
use xp_report::{
    log,
    record::{CurvePoint, Predictions, RunRecord, TrialLine},
};
use xp_search::{Study, Trial, counts};
use xp_spec::{
    count::count_parameters, experiment::Hpo, hyper::Hyperparameters, training::Objective,
};

use super::{
    figures,
    outcome::{SearchOutcome, Stop},
    predictions::read_predictions,
    write::write,
};
use crate::{
    baselines,
    context::{Context, RunError},
    data::Data,
    journal::{Conclusion, Finished, Journal, RowValues},
    study::{best_trial, ended},
};

/// Whether a search that has its trials is also written down: its best file is whole, and the row of the run that wrote it is in the
/// log. Otherwise that run was cut off between the last trial and these, and they are written now.
pub(super) fn is_settled(
    context: &Context,
    best_file: &Path,
    ended: usize,
) -> Result<bool, RunError> {
    let rows =
        log::read(&context.workspace.root().join(xp_report::LOG)).map_err(RunError::failed)?;
    let best: Option<serde_json::Value> = std::fs::read(best_file)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok());
    Ok(best.is_some_and(|best| {
        let writer = best.get("run_id").and_then(serde_json::Value::as_str);
        best.get("spec_hash") == Some(&json!(context.hash))
            && best.get("ended") == Some(&json!(ended))
            && rows.iter().any(|row| {
                Some(row.run_id.as_str()) == writer
                    && matches!(row.status, log::Status::Success | log::Status::Incomplete)
            })
    }))
}

/// Writes the best file and puts together what the run logs.
pub(super) fn finish(
    context: &Context,
    journal: &Journal<'_>,
    data: &Data,
    hpo: &Hpo,
    study: &mut Study,
    best_file: &Path,
    started: Instant,
    outcome: SearchOutcome,
) -> Result<Finished, RunError> {
    let timed_out = outcome == SearchOutcome::Stopped(Stop::Timeout);
    let trials = study.trials().map_err(RunError::failed)?.to_vec();
    let states: Vec<String> = counts(&trials)
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    let Some((best, collapsed)) = best_trial(study, &trials)? else {
        if timed_out {
            return Err(RunError::Incomplete(format!(
                "time is up after {} s and no trial has completed; run the same command to go on, or give it a longer --timeout",
                hpo.timeout_seconds
            )));
        }
        return Err(RunError::Failed(format!(
            "no trial completed ({}); the trials' files in {}/trials say why",
            states.join(", "),
            context.folder().display()
        )));
    };
    let mut params = hpo.fixed.clone();
    params.extend(best.assignment.clone());
    let hyper = Hyperparameters::from_assignment(&params).map_err(RunError::failed)?;
    let param_count = count_parameters(&hyper.architecture, &context.experiment.input())
        .map(|count| count.total());
    let by_state: Map<String, serde_json::Value> = counts(&trials)
        .iter()
        .map(|(state, count)| (state.name().to_owned(), json!(count)))
        .collect();
    let attributes = study.attributes(best.number).map_err(RunError::failed)?;
    let curve: Vec<CurvePoint> = attributes
        .get("curve")
        .and_then(|curve| serde_json::from_value(curve.clone()).ok())
        .unwrap_or_default();
    let best_epoch = attributes
        .get("best_epoch")
        .and_then(serde_json::Value::as_u64)
        .and_then(|epoch| u32::try_from(epoch).ok());
    let selected = curve.iter().find(|point| Some(point.epoch) == best_epoch);
    let objective = context.experiment.training.objective;
    // A trial of another program, such as Optuna, has a value and no curve.
    let shown = best.value.filter(|_| objective == Objective::LogLoss);
    let val_loss = selected.map(|point| point.val_loss).or(shown);
    let flags: Vec<Flag> = attributes
        .get("flags")
        .and_then(|flags| serde_json::from_value(flags.clone()).ok())
        .unwrap_or_default();
    let val = read_predictions(&context.folder(), best.number, data.val.len())
        .map(|probabilities| data.record(&data.val, probabilities));
    let interval = val
        .as_ref()
        .and_then(|set| interval(objective, context.experiment.block_length(), set));
    let text = serde_json::to_vec_pretty(&json!({
        "experiment": context.experiment.name(),
        "run_id": context.run_id,
        "budget": context.experiment.budget,
        "best_params": params,
        "architecture": hyper.architecture,
        "param_count": param_count,
        "objective": objective,
        "best_value": best.value,
        "best_value_interval": interval,
        "val_loss": val_loss,
        "collapsed": collapsed,
        "best_trial": best.number,
        "trials": by_state,
        "search_space": hpo.space,
        "data_md5": data.md5,
        "spec_hash": context.hash,
        "overridden": context.overridden,
        "overrides": context.options.overrides(),
        "ended": ended(&trials),
        "declared": context.declared_trials,
        "prior_entropy": prior_entropy(&data.val),
    }))
    .map_err(RunError::failed)?;
    write(best_file, &text)?;
    journal.info(&format!(
        "{} of {} trials ({}); best trial {}: validation {} {:.4}{} (n {}, {} positive)",
        ended(&trials),
        hpo.trials,
        states.join(", "),
        best.number,
        objective.label(),
        best.value.unwrap_or(f64::NAN),
        interval.map_or_else(String::new, |(low, high)| format!(" [{low:.4}, {high:.4}]")),
        data.val.len(),
        data.val.positives()
    ));
    if collapsed {
        journal.warn(&format!(
            "warning: all complete trials have collapsed, also the best, {}: they predict the class prior; widen the search",
            best.number
        ));
    }
    let values = RowValues {
        hyperparameters: serde_json::to_string(&params).ok(),
        seed: Some(hpo.seed),
        param_count,
        val_loss,
        val_auc: selected.and_then(|point| point.val_auc),
        val: Some((data.val.len() as u64, data.val.positives() as u64)),
        best_epoch,
        collapsed,
        flags: flags.iter().map(|flag| flag.name()).collect(),
        samples_per_second: attributes
            .get("samples_per_second")
            .and_then(serde_json::Value::as_f64),
        duration_seconds: Some(context.clock.since(started).as_secs_f64()),
        ..RowValues::default()
    };
    // A study that another program went on with may hold points of another space: then there is no importance.
    let importance = xp_search::importance(&hpo.space, &trials)
        .ok()
        .flatten()
        .unwrap_or_default();
    let slices = figures::slices(&hpo.space, &trials);
    figures::write_all(
        &context.folder(),
        &context.experiment.name(),
        context.experiment.training.objective.label(),
        &trials,
        &importance,
        &slices,
    )?;
    let (baselines, missing_baselines) = baselines::evaluate(context, journal, data, &data.val)?;
    let record = RunRecord {
        run_id: context.run_id.clone(),
        experiment: context.experiment.name(),
        trials: trials
            .iter()
            .map(|trial| TrialLine {
                number: trial.number,
                state: trial.state.name().to_owned(),
                value: trial.value,
            })
            .collect(),
        curve,
        val,
        trial_flags: trial_flags(study, &trials)?,
        best_trial: Some(best.number),
        best_interval: interval,
        jobs: Some(context.workers.jobs),
        importance,
        slices,
        baselines,
        missing_baselines,
        flags: flags.iter().map(|flag| flag.name().to_owned()).collect(),
        ..RunRecord::default()
    };
    let exhausted = matches!(outcome, SearchOutcome::Exhausted { .. });
    let partial = !context.overridden
        && !exhausted
        && (ended(&trials) as u64) < u64::from(context.declared_trials);
    if partial && !timed_out {
        journal.warn(&format!(
            "{} of the {} declared trials: logged as incomplete, and in no table until the rest has run; without --trials it goes on",
            ended(&trials),
            context.declared_trials
        ));
    }
    let conclusion = if timed_out {
        Conclusion::TimedOut(format!(
            "time is up after {} s: {} of {} trials had ended; run the same command to go on",
            hpo.timeout_seconds,
            ended(&trials),
            hpo.trials
        ))
    } else if partial {
        Conclusion::Partial
    } else {
        Conclusion::Complete
    };
    Ok(Finished {
        search: Some((values, record)),
        files: vec![best_file.to_path_buf()],
        conclusion,
    })
}

/// In how many trials each monitor found something.
fn trial_flags(study: &Study, trials: &[Trial]) -> Result<BTreeMap<String, u32>, RunError> {
    let mut found = BTreeMap::new();
    for trial in trials {
        let kept = study.attributes(trial.number).map_err(RunError::failed)?;
        let flags = kept.get("flags").and_then(serde_json::Value::as_array);
        for flag in flags.into_iter().flatten().filter_map(|flag| flag.as_str()) {
            *found.entry(flag.to_owned()).or_insert(0) += 1;
        }
    }
    Ok(found)
}

/// 95 % interval of a trial's objective by moving-block bootstrap: of that trial's predictions, not of having chosen it among many.
fn interval(objective: Objective, block: usize, set: &Predictions) -> Option<(f64, f64)> {
    let blocks = Blocks::new(set.labels.len(), block, REPLICATES);
    let measured = evaluate(&set.probabilities, &set.labels, &blocks, None);
    let of = |wanted: &Metric| {
        measured
            .iter()
            .find(|measured| *measured.metric == *wanted)?
            .interval
    };
    match objective {
        Objective::LogLoss => of(&log_loss::METRIC),
        Objective::Auc => of(&roc_auc::METRIC).map(|(low, high)| (1.0 - high, 1.0 - low)),
    }
}

/// Entropy of the class prior in nats: the log-loss of knowing nothing else.
fn prior_entropy(region: &Region) -> f64 {
    let p = region.positives() as f64 / region.len().max(1) as f64;
    -(p * p.ln() + (1.0 - p) * (1.0 - p).ln())
}
