//! A search: suggest, train, report each epoch, prune, finish; every trial is durable the moment it ends, and the same
//! command goes on where an earlier run stopped (F31, F32).

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Map, json};
use xp_report::{
    log,
    record::{CurvePoint, RunRecord, TrialLine},
};
use xp_search::{
    Direction, Outcome as TrialOutcome, Pruner, Study, StudyIdentity, Trial, TrialState, best,
    counts, should_prune,
};
use xp_spec::{
    count::{count_parameters, group},
    experiment::{Hpo, Run as Kind},
    files::write_atomic,
    hyper::Hyperparameters,
    space::Assignment,
};

use crate::{
    baselines,
    data::Data,
    error::RunError,
    guard::{BLIND, HEAT, INTERRUPT, MEMORY, PRUNED, TIMEOUT, ThermalGuard},
    model::PatchTst,
    run::{Outcome, Results, Run},
    train::{
        Checkpoint, Ended, EpochReport, FitConfig, Fitted, Flag, Flow, Hooks, Region, TrainError,
        fit,
    },
    training::discard,
};

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
    let mut study = Study::open(&folder.join("study.db"), identity(run, data, hpo))
        .map_err(RunError::failed)?;
    let wanted = hpo.trials as usize;
    let found = ended(study.trials().map_err(RunError::failed)?);
    if found > 0 || !study.opening().interrupted.is_empty() {
        run.output.say(&format!(
            "resumed: {found} of {wanted} trials had ended, {} were cut off and start again",
            study.opening().interrupted.len()
        ));
    }
    if found >= wanted && settled(run, &best_file, found)? {
        run.refresh_report()?;
        return Err(RunError::NothingToDo(format!(
            "finished: {found} of {wanted} trials; best in {}; --trials N extends the search",
            best_file.display()
        )));
    }
    run.facts.borrow_mut().result.seed = Some(hpo.seed);
    let mut timed_out = false;
    while ended(study.trials().map_err(RunError::failed)?) < wanted {
        if Instant::now() >= deadline {
            timed_out = true;
            break;
        }
        let (number, assignment) = next_trial(&mut study, hpo)?;
        match trial(
            run,
            data,
            guard,
            hpo,
            &mut study,
            number,
            &assignment,
            deadline,
        )? {
            Flow::Go => {}
            Flow::Stop(TIMEOUT) => {
                timed_out = true;
                break;
            }
            Flow::Stop(reason) => return Err(guard.stopped(reason)),
        }
    }
    finish(run, data, hpo, &mut study, &best_file, started, timed_out)
}

/// Whether a search that has its trials is also written down: its row is in the log and its best file is whole. Otherwise an
/// earlier run was cut off between the last trial and these, and they are written now.
fn settled(run: &Run, best_file: &Path, ended: usize) -> Result<bool, RunError> {
    let rows = log::read(&run.workspace.root().join(xp_report::LOG)).map_err(RunError::failed)?;
    let logged = rows.iter().any(|row| {
        row.spec_hash == run.hash
            && row.val_loss.is_some()
            && matches!(row.status, log::Status::Success | log::Status::Incomplete)
    });
    let best: Option<serde_json::Value> = std::fs::read(best_file)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok());
    Ok(logged
        && best.is_some_and(|best| {
            best.get("spec_hash") == Some(&json!(run.hash))
                && best.get("ended") == Some(&json!(ended))
        }))
}

fn identity(run: &Run, data: &Data, hpo: &Hpo) -> StudyIdentity {
    StudyIdentity {
        name: run.folder_name(),
        spec_hash: run.hash.clone(),
        data_md5: data.md5.clone(),
        direction: Direction::Minimize,
        metric: run.experiment.training.objective.label().to_owned(),
        space: hpo.space.clone(),
    }
}

/// Trials that ended by themselves: cut-off ones start again.
fn ended(trials: &[Trial]) -> usize {
    trials
        .iter()
        .filter(|trial| trial.state != TrialState::Running && !trial.state.says_nothing())
        .count()
}

/// A trial that was cut off, or the sampler's next point.
fn next_trial(study: &mut Study, hpo: &Hpo) -> Result<(u32, Assignment), RunError> {
    let cut_off = study
        .trials()
        .map_err(RunError::failed)?
        .iter()
        .find(|trial| matches!(trial.state, TrialState::Interrupted | TrialState::Thermal))
        .map(|trial| trial.number);
    match cut_off {
        Some(number) => Ok((number, study.take_over(number).map_err(RunError::failed)?)),
        None => study
            .start_suggested(&hpo.strategy, hpo.seed)
            .map_err(RunError::failed),
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call; a struct would only rename the arguments"
)]
fn trial(
    run: &Run,
    data: &Data,
    guard: &ThermalGuard,
    hpo: &Hpo,
    study: &mut Study,
    number: u32,
    assignment: &Assignment,
    deadline: Instant,
) -> Result<Flow, RunError> {
    let started = Instant::now();
    let mut all = hpo.fixed.clone();
    all.extend(assignment.clone());
    let mut hyper = Hyperparameters::from_assignment(&all).map_err(RunError::failed)?;
    if let Some(most) = run.arguments.max_epochs {
        hyper.epochs = hyper.epochs.min(most);
    }
    // Every trial has its own seed, a function of the search's and its number.
    let seed = hpo
        .seed
        .wrapping_add(u64::from(number).wrapping_mul(1_000_003));
    let config = run.fit_config(hyper, seed);
    let others = study.trials().map_err(RunError::failed)?.to_vec();
    let best_before = best(&others).and_then(|trial| trial.value);
    let mut hooks = TrialHooks {
        run,
        guard,
        study,
        number,
        others,
        best_before,
        epochs: config.hyper.epochs,
        curve: Vec::new(),
        deadline,
        pruner: hpo.strategy.pruner,
        error: None,
    };
    let fitted = build_and_fit(run, data, &config, &mut hooks);
    if let Some(error) = hooks.error.take() {
        return Err(error);
    }
    let (outcome, flow, fitted) = judge(fitted)?;
    let mut attributes = Map::new();
    attributes.insert("seed".to_owned(), json!(seed));
    attributes.insert(
        "duration_seconds".to_owned(),
        json!(started.elapsed().as_secs_f64()),
    );
    if let Some(count) = count_parameters(&config.hyper.architecture, &run.experiment.input()) {
        attributes.insert("param_count".to_owned(), json!(count.total()));
    }
    if let Some(fitted) = &fitted {
        attributes.insert("best_epoch".to_owned(), json!(fitted.best_epoch));
        attributes.insert("collapsed".to_owned(), json!(fitted.collapsed));
        attributes.insert("flags".to_owned(), json!(fitted.flags));
        attributes.insert("curve".to_owned(), json!(curve(fitted)));
    }
    study
        .finish(number, &outcome, &attributes)
        .map_err(RunError::failed)?;
    let trials = study.trials().map_err(RunError::failed)?;
    if let Some(ended) = trials.iter().find(|trial| trial.number == number) {
        // One that was cut off goes on from it.
        if !ended.state.says_nothing() {
            discard(run, &checkpoint(run, number));
        }
        write_trial(&run.folder(), ended, &attributes)?;
        let value = ended.value.map_or_else(
            || "no value".to_owned(),
            |value| format!("{} {value:.4}", run.experiment.training.objective.label()),
        );
        let best = best(trials)
            .and_then(|trial| trial.value)
            .map_or_else(String::new, |best| format!(", best {best:.4}"));
        let epochs = fitted.as_ref().map_or(0, |fitted| fitted.curve.len());
        run.output.say(&format!(
            "trial {number}: {} after {epochs} epochs in {:.1} s, {value}{best}, {} parameters, {}",
            ended.state,
            started.elapsed().as_secs_f64(),
            count_parameters(&config.hyper.architecture, &run.experiment.input())
                .map_or_else(String::new, |count| group(count.total())),
            guard.text()
        ));
    }
    Ok(flow)
}

fn build_and_fit(
    run: &Run,
    data: &Data,
    config: &FitConfig,
    hooks: &mut dyn Hooks,
) -> Result<Fitted, TrainError> {
    let model = PatchTst::new(
        config.hyper.architecture,
        run.experiment.input(),
        config.seed,
        run.device,
    )?
    .ok_or_else(|| TrainError::Data("no patch fits the context".to_owned()))?;
    fit(model, &data.windows, &data.train, &data.val, config, hooks)
}

/// What a training's end means for its trial and for the search. A trial's death is that trial's state (F33).
fn judge(
    fitted: Result<Fitted, TrainError>,
) -> Result<(TrialOutcome, Flow, Option<Fitted>), RunError> {
    let fitted = match fitted {
        Ok(fitted) => fitted,
        Err(TrainError::OutOfMemory) => return Ok((TrialOutcome::OutOfMemory, Flow::Go, None)),
        Err(error @ TrainError::Torch(_)) => {
            return Ok((
                TrialOutcome::Failed {
                    message: error.to_string(),
                },
                Flow::Go,
                None,
            ));
        }
        Err(error @ (TrainError::Data(_) | TrainError::Checkpoint(_))) => {
            return Err(RunError::failed(error));
        }
    };
    let best = fitted
        .curve
        .iter()
        .find(|report| Some(report.epoch) == fitted.best_epoch)
        .map(|report| report.objective);
    let (outcome, flow) = match (fitted.ended, best) {
        (Ended::Stopped(reason @ (HEAT | BLIND)), _) => (TrialOutcome::Thermal, Flow::Stop(reason)),
        (Ended::Stopped(MEMORY), _) => (TrialOutcome::OutOfMemory, Flow::Go),
        (Ended::Stopped(PRUNED), _) => (TrialOutcome::Pruned, Flow::Go),
        (Ended::Stopped(reason), _) => (TrialOutcome::Interrupted, Flow::Stop(reason)),
        (Ended::Diverged, _) | (_, None) => (TrialOutcome::Nan, Flow::Go),
        (Ended::Finished | Ended::EarlyStopped, Some(value)) => {
            (TrialOutcome::Complete { value }, Flow::Go)
        }
    };
    Ok((outcome, flow, Some(fitted)))
}

fn curve(fitted: &Fitted) -> Vec<CurvePoint> {
    fitted
        .curve
        .iter()
        .map(|report| CurvePoint {
            epoch: report.epoch,
            train_loss: report.train_loss,
            val_loss: report.val_loss,
            val_auc: report.val_auc,
            learning_rate: Some(report.learning_rate),
            samples_per_second: Some(report.samples_per_second),
        })
        .collect()
}

fn write_trial(
    folder: &Path,
    trial: &Trial,
    attributes: &Map<String, serde_json::Value>,
) -> Result<(), RunError> {
    let path = folder.join(format!("trials/{:04}.json", trial.number));
    let text = serde_json::to_vec_pretty(&json!({
        "number": trial.number,
        "state": trial.state.name(),
        "value": trial.value,
        "params": trial.assignment,
        "attributes": attributes,
    }))
    .map_err(RunError::failed)?;
    write(&path, &text)
}

fn write(path: &Path, text: &[u8]) -> Result<(), RunError> {
    write_atomic(path, text).map_err(|cause| {
        RunError::Failed(format!(
            "failed to write {}: {cause}; what was there before is untouched",
            path.display()
        ))
    })
}

fn finish(
    run: &Run,
    data: &Data,
    hpo: &Hpo,
    study: &mut Study,
    best_file: &Path,
    started: Instant,
    timed_out: bool,
) -> Result<Outcome, RunError> {
    let trials = study.trials().map_err(RunError::failed)?.to_vec();
    let states: Vec<String> = counts(&trials)
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    let Some(best) = best(&trials) else {
        if timed_out {
            return Err(RunError::Incomplete(format!(
                "time is up after {} s and no trial has completed; run the same command to go on, or give it a longer --timeout",
                hpo.timeout_seconds
            )));
        }
        return Err(RunError::Failed(format!(
            "no trial completed ({}); the trials' files in {}/trials say why",
            states.join(", "),
            run.folder().display()
        )));
    };
    let mut params = hpo.fixed.clone();
    params.extend(best.assignment.clone());
    let hyper = Hyperparameters::from_assignment(&params).map_err(RunError::failed)?;
    let param_count =
        count_parameters(&hyper.architecture, &run.experiment.input()).map(|count| count.total());
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
    let flags: Vec<Flag> = attributes
        .get("flags")
        .and_then(|flags| serde_json::from_value(flags.clone()).ok())
        .unwrap_or_default();
    let text = serde_json::to_vec_pretty(&json!({
        "experiment": run.experiment.name(),
        "budget": run.experiment.budget,
        "best_params": params,
        "architecture": hyper.architecture,
        "param_count": param_count,
        "objective": run.experiment.training.objective,
        "best_value": best.value,
        "val_loss": selected.map(|point| point.val_loss),
        "best_trial": best.number,
        "trials": by_state,
        "search_space": hpo.space,
        "data_md5": data.md5,
        "spec_hash": run.hash,
        "overridden": run.overridden,
        "overrides": run.arguments.overrides(),
        "ended": ended(&trials),
        "declared": run.declared_trials,
        "prior_entropy": prior_entropy(&data.val),
    }))
    .map_err(RunError::failed)?;
    write(best_file, &text)?;
    run.output.say(&format!(
        "{} of {} trials ({}); best trial {}: validation {} {:.4} (n {}, {} positive)",
        ended(&trials),
        hpo.trials,
        states.join(", "),
        best.number,
        run.experiment.training.objective.label(),
        best.value.unwrap_or(f64::NAN),
        data.val.len(),
        data.val.positives()
    ));
    let results = Results {
        hyperparameters: serde_json::to_string(&params).ok(),
        seed: Some(hpo.seed),
        param_count,
        val_loss: selected.map(|point| point.val_loss),
        val_auc: selected.and_then(|point| point.val_auc),
        val: Some((data.val.len() as u64, data.val.positives() as u64)),
        best_epoch,
        collapsed: attributes
            .get("collapsed")
            .and_then(serde_json::Value::as_bool)
            .unwrap_or(false),
        flags: flags.iter().map(|flag: &Flag| flag.name()).collect(),
        duration_seconds: Some(started.elapsed().as_secs_f64()),
        ..Results::default()
    };
    let record = RunRecord {
        run_id: run.id.clone(),
        experiment: run.experiment.name(),
        trials: trials
            .iter()
            .map(|trial| TrialLine {
                number: trial.number,
                state: trial.state.name().to_owned(),
                value: trial.value,
            })
            .collect(),
        curve,
        baselines: baselines::judge(run, data, &data.val),
        flags: flags.iter().map(|flag| flag.name().to_owned()).collect(),
        ..RunRecord::default()
    };
    let partial = !run.overridden && (ended(&trials) as u64) < u64::from(run.declared_trials);
    if partial && !timed_out {
        run.output.complain(&format!(
            "{} of the {} declared trials: logged as incomplete, and in no table until the rest has run; without --trials it goes on",
            ended(&trials),
            run.declared_trials
        ));
    }
    Ok(Outcome {
        partial,
        search: Some((results, record)),
        files: vec![best_file.to_path_buf()],
        incomplete: timed_out.then(|| {
            format!(
                "time is up after {} s: {} of {} trials had ended; run the same command to go on",
                hpo.timeout_seconds,
                ended(&trials),
                hpo.trials
            )
        }),
    })
}

/// Entropy of the class prior in nats: the log-loss of knowing nothing else.
fn prior_entropy(region: &Region) -> f64 {
    let p = region.positives() as f64 / region.len().max(1) as f64;
    -(p * p.ln() + (1.0 - p) * (1.0 - p).ln())
}

/// Where the state of a trial is kept while it trains.
fn checkpoint(run: &Run, number: u32) -> Checkpoint {
    Checkpoint {
        folder: run.folder().join(format!("checkpoints/trial_{number:04}")),
        spec_hash: run.hash.clone(),
    }
}

struct TrialHooks<'a> {
    run: &'a Run,
    guard: &'a ThermalGuard,
    study: &'a mut Study,
    number: u32,
    others: Vec<Trial>,
    best_before: Option<f64>,
    epochs: u32,
    curve: Vec<(u32, f64)>,
    deadline: Instant,
    pruner: Pruner,
    error: Option<RunError>,
}

impl Hooks for TrialHooks<'_> {
    fn before_batch(&mut self, epoch: u32, batch: u32, batches: u32) -> Flow {
        if batch.is_multiple_of(4) {
            let best = self
                .best_before
                .map_or_else(String::new, |best| format!(", best {best:.4}"));
            self.run.output.live(&format!(
                "trial {} epoch {epoch}/{} batch {batch}/{batches}, {}{best}",
                self.number,
                self.epochs,
                self.guard.text()
            ));
        }
        if Instant::now() >= self.deadline {
            return Flow::Stop(TIMEOUT);
        }
        self.guard.before_batch(&self.run.output)
    }

    fn after_epoch(&mut self, report: &EpochReport) -> Flow {
        self.curve.push((report.epoch, report.objective));
        if let Err(error) = self
            .study
            .report(self.number, report.epoch, report.objective)
        {
            self.error = Some(RunError::failed(error));
            return Flow::Stop(INTERRUPT);
        }
        if should_prune(
            &self.pruner,
            self.number,
            &self.others,
            &self.curve,
            report.epoch,
        ) {
            return Flow::Stop(PRUNED);
        }
        Flow::Go
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        Some(checkpoint(self.run, self.number))
    }

    fn resumed(&mut self, curve: &[EpochReport], batches: u32) {
        self.curve = curve
            .iter()
            .map(|report| (report.epoch, report.objective))
            .collect();
        self.run.output.say(&format!(
            "trial {}: resumed after {} epochs and {batches} batches",
            self.number,
            curve.len()
        ));
    }

    fn warn(&mut self, message: &str) {
        self.run
            .output
            .complain(&format!("warning: trial {} {message}", self.number));
    }
}
