//! `run: train`: hyperparameters from a search or the file, one training per seed, and test data opened once, after selection (F39).

mod sealed;

use std::path::{Path, PathBuf};

use xp_report::{
    log,
    metrics::{accuracy, log_loss, roc_auc},
    record::{CurvePoint, RunRecord},
};
use xp_spec::{count::count_parameters, experiment::Run as Kind, hyper::Hyperparameters};

use crate::{
    baselines,
    borrowed::Resolved,
    data::Data,
    error::RunError,
    guard::{INTERRUPT, MEMORY, ThermalGuard},
    model::PatchTst,
    run::{Outcome, Results, Run},
    train::{
        Checkpoint, Ended, EpochReport, Fitted, Flow, Hooks, TrainError, export, fit, predict,
        tensor_file,
    },
};

pub(crate) use sealed::SealedTest;

/// Trains once per seed; seeds that are already in the log with this hash are not trained again.
pub(crate) fn train(run: &Run, data: &Data, guard: &ThermalGuard) -> Result<Outcome, RunError> {
    let Kind::Train(spec) = &run.experiment.run else {
        return Err(RunError::Failed(
            "this experiment is no training; build it again".to_owned(),
        ));
    };
    let Some(Resolved { hyper, origin }) = run.resolved()? else {
        return Err(RunError::Failed(
            "this experiment is no training; build it again".to_owned(),
        ));
    };
    let parameters = serde_json::to_string(&hyper.to_assignment()).ok();
    let rows = log::read(&run.workspace.root().join(xp_report::LOG)).map_err(RunError::failed)?;
    // Of the same spec and hyperparameters, and with its weights: a search that went on may have other ones to lend.
    let finished = |seed: u64| {
        weights_path(run, seed).is_file()
            && rows.iter().any(|row| {
                row.spec_hash == run.hash
                    && row.status == log::Status::Success
                    && row.seed == Some(seed)
                    && row.hyperparameters == parameters
            })
    };
    let mut outcome = Outcome {
        search: None,
        files: Vec::new(),
        incomplete: None,
        partial: false,
    };
    let mut diverged = Vec::new();
    for &seed in &spec.seeds {
        // Of this seed alone, whatever becomes of it.
        run.facts.borrow_mut().result = Results {
            hyperparameters: parameters.clone(),
            seed: Some(seed),
            param_count: count_parameters(&hyper.architecture, &run.experiment.input())
                .map(|count| count.total()),
            ..Results::default()
        };
        if finished(seed) {
            run.output.say(&format!("seed {seed}: finished earlier"));
            discard(run, &checkpoint(run, seed));
            continue;
        }
        run.begin_seed(guard);
        let end = one_seed(run, data, guard, hyper, seed, origin)?;
        // A later seed that fails or is interrupted must not lose this one (F31).
        run.note_heat(guard);
        match end {
            Seed::Judged(results, record, files) => {
                outcome.files.extend(files);
                run.commit(log::Status::Success, &results, &record, None)?;
            }
            // The others are replicates and go on (F30).
            Seed::Diverged(results, record, why) => {
                run.output.complain(&why);
                run.commit(log::Status::Failed, &results, &record, Some(why))?;
                diverged.push(seed.to_string());
            }
        }
        discard(run, &checkpoint(run, seed));
    }
    if !diverged.is_empty() {
        run.all_is_logged();
        run.refresh_report()?;
        return Err(RunError::Failed(format!(
            "seed {} of {} diverged; lower the learning rate: the same command would diverge again",
            diverged.join(", "),
            spec.seeds.len()
        )));
    }
    if outcome.files.is_empty() {
        run.refresh_report()?;
        return Err(RunError::NothingToDo(format!(
            "finished: all {} seeds are in {}",
            spec.seeds.len(),
            xp_report::LOG
        )));
    }
    Ok(outcome)
}

/// What became of a seed.
enum Seed {
    /// It was judged on test; with the files that it left.
    Judged(Results, RunRecord, Vec<PathBuf>),
    /// Its loss was no number or exploded.
    Diverged(Results, RunRecord, String),
}

fn one_seed(
    run: &Run,
    data: &Data,
    guard: &ThermalGuard,
    hyper: &Hyperparameters,
    seed: u64,
    origin: &[(String, String)],
) -> Result<Seed, RunError> {
    let _span = tracing::info_span!("seed", seed).entered();
    let config = run.fit_config(hyper.clone(), seed);
    let model = PatchTst::new(hyper.architecture, run.experiment.input(), seed, run.device)
        .map_err(RunError::failed)?
        .ok_or_else(|| RunError::Failed("no patch fits the context".to_owned()))?;
    let param_count = model.param_count();
    let mut hooks = SeedHooks {
        run,
        guard,
        seed,
        epochs: hyper.epochs,
    };
    let fitted = fit(
        model,
        &data.windows,
        &data.train,
        &data.val,
        &config,
        &mut hooks,
    )
    .map_err(|error| {
        if matches!(error, TrainError::OutOfMemory) {
            run.facts.borrow_mut().result.flags.push("out_of_memory");
        }
        RunError::Failed(format!("seed {seed}: {error}"))
    })?;
    let flags: Vec<&'static str> = fitted.flags.iter().map(|flag| flag.name()).collect();
    run.facts.borrow_mut().result.flags.clone_from(&flags);
    match fitted.ended {
        Ended::Stopped(reason) => {
            if reason == MEMORY {
                run.facts.borrow_mut().result.flags.push("out_of_memory");
            }
            return Err(guard.stopped(if reason.is_empty() { INTERRUPT } else { reason }));
        }
        Ended::Diverged => {
            let results = Results {
                duration_seconds: Some(fitted.seconds),
                ..run.facts.borrow().result.clone()
            };
            let record = RunRecord {
                run_id: format!("{}-s{seed}", run.id),
                experiment: run.experiment.name(),
                curve: fitted.curve.iter().map(CurvePoint::from).collect(),
                origin: origin.iter().cloned().collect(),
                flags: flags.into_iter().map(str::to_owned).collect(),
                ..RunRecord::default()
            };
            let why = format!(
                "seed {seed} diverged after {} epochs: its loss was not finite or exploded; lower the learning rate",
                fitted.curve.len()
            );
            return Ok(Seed::Diverged(results, record, why));
        }
        Ended::Finished | Ended::EarlyStopped => {}
    }
    let selected = fitted
        .selected()
        .ok_or_else(|| RunError::Failed(format!("seed {seed} finished no epoch")))?;
    let test = data.test.open(&fitted);
    let predictions = predict(&fitted.model, &data.windows, test).map_err(RunError::failed)?;
    let (p, y) = (predictions.probabilities.values(), &predictions.labels);
    let files = save(run, &fitted, seed)?;
    let results = Results {
        hyperparameters: serde_json::to_string(&hyper.to_assignment()).ok(),
        seed: Some(seed),
        param_count: Some(param_count),
        val_loss: Some(selected.val_loss),
        val_auc: selected.val_auc,
        val: Some((data.val.len() as u64, data.val.positives() as u64)),
        test_loss: Some(log_loss(p, y)),
        test_accuracy: Some(accuracy(p, y)),
        test_auc: roc_auc(p, y),
        test: Some((test.len() as u64, test.positives() as u64)),
        best_epoch: fitted.best_epoch,
        samples_per_second: mean(fitted.curve.iter().map(|report| report.samples_per_second)),
        collapsed: fitted.collapsed,
        duration_seconds: Some(fitted.seconds),
        flags: flags.clone(),
    };
    run.output.say(&format!(
        "seed {seed}: best epoch {} of {}, validation log-loss {:.4} (n {}, {} positive); judged on test once (n {}, {} positive), see the report for intervals",
        selected.epoch,
        fitted.curve.len(),
        selected.val_loss,
        data.val.len(),
        data.val.positives(),
        test.len(),
        test.positives()
    ));
    let chosen = predict(&fitted.model, &data.windows, &data.val).map_err(RunError::failed)?;
    let (baselines, missing_baselines) = baselines::judge(run, data, test)?;
    let record = RunRecord {
        run_id: format!("{}-s{seed}", run.id),
        experiment: run.experiment.name(),
        curve: fitted.curve.iter().map(CurvePoint::from).collect(),
        val: Some(data.record(&data.val, chosen.probabilities.values().to_vec())),
        test: Some(data.record(test, predictions.probabilities.values().to_vec())),
        baselines,
        missing_baselines,
        origin: origin.iter().cloned().collect(),
        flags: flags.into_iter().map(str::to_owned).collect(),
        ..RunRecord::default()
    };
    Ok(Seed::Judged(results, record, files))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// Where the weights of a seed are.
fn weights_path(run: &Run, seed: u64) -> PathBuf {
    run.folder().join(format!("seed_{seed}.safetensors"))
}

/// Saves the selected weights as `seed_{seed}.safetensors`, those of independent channels for transformers too.
fn save(run: &Run, fitted: &Fitted, seed: u64) -> Result<Vec<PathBuf>, RunError> {
    let failed = |path: &Path, cause: std::io::Error| {
        RunError::Failed(format!(
            "failed to write {}: {cause}; what was there before is untouched",
            path.display()
        ))
    };
    let path = weights_path(run, seed);
    tensor_file::write(&path, &fitted.model.named()).map_err(|cause| failed(&path, cause))?;
    let folder = run.folder().join(format!("seed_{seed}.transformers"));
    let exported = export(&fitted.model, &folder).map_err(|cause| failed(&folder, cause))?;
    let mut files = vec![path];
    if exported {
        files.extend(["config.json", "model.safetensors"].map(|name| folder.join(name)));
    }
    Ok(files)
}

/// Where the state of a seed is kept while it trains.
fn checkpoint(run: &Run, seed: u64) -> Checkpoint {
    Checkpoint {
        folder: run.folder().join(format!("checkpoints/seed_{seed}")),
        spec_hash: run.hash.clone(),
    }
}

/// Removes a checkpoint whose result is written.
pub(crate) fn discard(run: &Run, checkpoint: &Checkpoint) {
    if let Err(cause) = checkpoint.remove() {
        run.output.complain(&format!(
            "warning: {} is not needed any more and cannot be removed: {cause}",
            checkpoint.folder.display()
        ));
    }
}

struct SeedHooks<'a> {
    run: &'a Run,
    guard: &'a ThermalGuard,
    seed: u64,
    epochs: u32,
}

impl Hooks for SeedHooks<'_> {
    fn before_batch(&mut self, epoch: u32, batch: u32, batches: u32) -> Flow {
        if batch.is_multiple_of(4) {
            self.run.output.live(&format!(
                "seed {} epoch {epoch}/{} batch {batch}/{batches}, {}",
                self.seed,
                self.epochs,
                self.guard.text()
            ));
        }
        self.guard.before_batch(&self.run.output)
    }

    fn while_judging(&mut self) -> Flow {
        self.guard.while_judging()
    }

    fn after_epoch(&mut self, report: &EpochReport) -> Flow {
        tracing::info!(
            epoch = report.epoch,
            train_loss = report.train_loss,
            val_loss = report.val_loss,
            samples_per_second = report.samples_per_second,
            "seed {} epoch {}/{}: train {:.4}, validation {:.4}, {:.0} samples/s, {}",
            self.seed,
            report.epoch,
            self.epochs,
            report.train_loss,
            report.val_loss,
            report.samples_per_second,
            self.guard.text()
        );
        Flow::Go
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        Some(checkpoint(self.run, self.seed))
    }

    fn resumed(&mut self, curve: &[EpochReport], batches: u32) {
        self.run.output.say(&format!(
            "seed {}: resumed after {} epochs and {batches} batches",
            self.seed,
            curve.len()
        ));
    }

    fn warn(&mut self, message: &str) {
        self.run
            .output
            .complain(&format!("warning: seed {} {message}", self.seed));
    }
}
