//! One run from start to row: the stages that an experiment's `main` names, in their order.

use std::{
    path::PathBuf,
    process::ExitCode,
    thread::available_parallelism,
    time::{Duration, Instant},
};

use chrono::{SecondsFormat, Utc};
use clap::Parser as _;
use tch::Device;
use xp_host::{
    identity::{code_version, run_id},
    interrupt,
    lease::Lease,
    resources::total_memory,
};
use xp_report::{
    LOG, RUNS,
    log::{self, LogRow, Status},
    record::{self, RunRecord},
    report::{Formats, regenerate},
    tracking::{self, TrackingError},
};
use xp_spec::{
    architecture::Architecture,
    cost::memory_bytes,
    count::count_parameters,
    execution::{Execution, usual_jobs, usual_threads},
    experiment::{Experiment, Run as Kind},
    files::{MANIFEST, Workspace, sweep_temporaries},
    hyper::Hyperparameters,
};

use crate::{
    abandon::unless_interrupted,
    arguments::Arguments,
    borrowed::{self, Resolved},
    data::{self, Data},
    error::RunError,
    folder::{self, Identity},
    guard::ThermalGuard,
    output::{Output, ROWS},
    panics, preflight, search,
    spec::Spec,
    train::FitConfig,
    training,
};

/// Samples of a batch by which memory is judged where another experiment's result will say them.
const USUAL_BATCH: u64 = 32;

/// A run of an experiment.
pub struct Run {
    pub(crate) spec: &'static Spec,
    pub(crate) experiment: Experiment,
    pub(crate) arguments: Arguments,
    pub(crate) workspace: Workspace,
    pub(crate) output: Output,
    pub(crate) id: String,
    /// Spec hash, or the effective one.
    pub(crate) hash: String,
    pub(crate) overridden: bool,
    /// Trials that the experiment declares, whatever the command line says.
    pub(crate) declared_trials: u32,
    /// The CPU where the device that is asked for is not there: pre-flight then says so.
    pub(crate) device: Device,
    pub(crate) device_found: Result<(), String>,
    /// Trials at a time, and threads of each or of a training.
    pub(crate) workers: Workers,
    /// Bytes of the machine's memory, where tensors live in it.
    memory: Option<u64>,
    started: Instant,
    /// Code at the start: a commit made while it runs is not what ran.
    code_version: std::cell::OnceCell<Option<String>>,
    lease: std::cell::RefCell<Option<Lease>>,
    /// Hyperparameters of a training, read once: a search that goes on meanwhile must not change them between two stages.
    resolved: std::cell::OnceCell<Result<Option<Resolved>, RunError>>,
    /// Folder of an earlier search whose trials this one takes over.
    pub(crate) continues: std::cell::RefCell<Option<PathBuf>>,
    /// Whether the rows of this run are written.
    logged: std::cell::Cell<bool>,
    /// Whether the MLflow server did not answer: the next seed does not wait for it again.
    mlflow_silent: std::cell::Cell<bool>,
    /// Facts for the row of a run that ends early.
    pub(crate) facts: std::cell::RefCell<Facts>,
}

/// What a row says beyond the experiment; absent until it is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) data_md5: Option<String>,
    pub(crate) thermal_max: Option<f64>,
    pub(crate) thermal_paused: Option<f64>,
    /// Highest temperature and seconds waited before the guard of the run began; of the first row only.
    pub(crate) heat_before: Option<(f64, f64)>,
    /// When the seed began that the next row is of.
    pub(crate) seed_started: Option<Instant>,
    pub(crate) result: Results,
    pub(crate) flags: Vec<&'static str>,
    /// Whether the run has not passed pre-flight.
    pub(crate) refused: bool,
}

/// Numbers of a finished search or training.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Results {
    pub(crate) hyperparameters: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) param_count: Option<u64>,
    pub(crate) val_loss: Option<f64>,
    pub(crate) val_auc: Option<f64>,
    pub(crate) val: Option<(u64, u64)>,
    pub(crate) test_loss: Option<f64>,
    pub(crate) test_accuracy: Option<f64>,
    pub(crate) test_auc: Option<f64>,
    pub(crate) test: Option<(u64, u64)>,
    pub(crate) best_epoch: Option<u32>,
    pub(crate) samples_per_second: Option<f64>,
    pub(crate) collapsed: bool,
    /// What the monitors found, by the names of the log.
    pub(crate) flags: Vec<&'static str>,
    pub(crate) duration_seconds: Option<f64>,
}

/// What a search or training leaves.
pub struct Outcome {
    /// A search's row and record; a training commits each seed the moment it ends.
    pub(crate) search: Option<(Results, RunRecord)>,
    /// Files that must be there.
    pub(crate) files: Vec<PathBuf>,
    /// Set where time ended a search before its trials.
    pub(crate) incomplete: Option<String>,
    /// Whether fewer trials were asked for, and have ended, than the experiment declares.
    pub(crate) partial: bool,
}

/// Runs an experiment's stages and turns how they end into a row, a message and an exit code.
pub fn launch(spec: &'static Spec, stages: impl FnOnce(&Run) -> Result<(), RunError>) -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.voice());
    let run = match Run::new(spec, arguments, output) {
        Ok(run) => run,
        Err(error) => {
            tracing::error!("error: {error}");
            return ExitCode::from(error.exit_code());
        }
    };
    if run.arguments.worker.is_some() {
        // What it has to say it says to its search.
        return match search::serve(&run) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => ExitCode::from(error.exit_code()),
        };
    }
    let _span = tracing::info_span!("run", id = run.id).entered();
    let ended = panics::caught(|| {
        if run.arguments.study {
            search::show(&run)
        } else {
            stages(&run)
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(RunError::NothingToDo(message)) => {
            run.output.say(&message);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!("error: {error}");
            if let Err(second) = run.log_error(&error) {
                tracing::error!("error: {second}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// A stage of a run, as a span that says how long it took when it ends.
fn stage(name: &'static str) -> Stage {
    Stage {
        name,
        started: Instant::now(),
        _span: tracing::info_span!("stage", name).entered(),
    }
}

struct Stage {
    name: &'static str,
    started: Instant,
    _span: tracing::span::EnteredSpan,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let seconds = self.started.elapsed().as_secs_f64();
        tracing::debug!(seconds, "{} took {seconds:.3} s", self.name);
    }
}

/// What the command line says, or else what the machine is best used by.
fn workers(
    experiment: &Experiment,
    arguments: &Arguments,
    machine: (bool, Option<u64>),
) -> Workers {
    let cores = available_parallelism().map_or(1, usize::from);
    // Without one it will be another experiment's result.
    let batch = experiment.largest_batch().unwrap_or(u64::MAX);
    // The shape may be another experiment's result.
    let largest = experiment
        .largest_shape()
        .or_else(|| experiment.largest_of_grid());
    let largest = largest.map(|(shape, count)| {
        let at_once = batch.min(USUAL_BATCH);
        let execution = experiment.execution(&shape, count, at_once, machine);
        let way = (execution, experiment.training.loss);
        let bytes = memory_bytes(&shape, &experiment.input(), count, at_once, 1, way);
        (execution, bytes)
    });
    let (execution, bytes) = largest.unwrap_or((Execution::Whole, 0));
    let threads = arguments.worker.or(arguments.threads).map(usize::from);
    let jobs = match (&experiment.run, arguments.jobs, threads) {
        (_, Some(jobs), _) => usize::from(jobs),
        (Kind::Hpo(_), None, None) => usual_jobs(execution, cores, (bytes, machine.1)),
        (Kind::Hpo(_), None, Some(threads)) => {
            usual_jobs(execution, cores / threads, (bytes, machine.1))
        }
        (Kind::Train(_), None, _) => 1,
    };
    Workers {
        jobs,
        threads: threads.unwrap_or_else(|| usual_threads(execution, cores / jobs, batch)),
    }
}

/// Trials of a search at the same time, and threads of each; or those of a training.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Workers {
    pub(crate) jobs: usize,
    pub(crate) threads: usize,
}

impl Run {
    fn new(spec: &'static Spec, arguments: Arguments, output: Output) -> Result<Self, RunError> {
        let mut experiment: Experiment =
            serde_json::from_str(spec.experiment).map_err(|cause| {
                RunError::Failed(format!(
                    "the binary's experiment cannot be read: {cause}; build it again"
                ))
            })?;
        let (hash, overridden) = arguments.effective(&experiment, spec.hash);
        let declared_trials = match &experiment.run {
            Kind::Hpo(hpo) => hpo.trials,
            Kind::Train(_) => 0,
        };
        arguments.apply(&mut experiment).map_err(RunError::Failed)?;
        let here = std::env::current_dir().ok();
        // Another folder for data and outputs: tests use it, and so can a machine with a scratch disk.
        let elsewhere = std::env::var_os("XP_WORKSPACE").map(PathBuf::from);
        let workspace = match &elsewhere {
            Some(folder) => Workspace::find(folder).ok_or_else(|| {
                RunError::Failed(format!(
                    "XP_WORKSPACE is {}, and there is no {MANIFEST} in it or above",
                    folder.display()
                ))
            })?,
            None => Workspace::find(spec.workspace.as_ref())
                .or_else(|| Workspace::find(&here?))
                .ok_or_else(|| {
                    RunError::Failed(format!(
                        "{}/{MANIFEST} is gone; restore it from git, or build the experiment where the workspace is now",
                        spec.workspace
                    ))
                })?,
        };
        // A worker is told by its search when to stop.
        if arguments.worker.is_none() {
            interrupt::install(|text| tracing::warn!("{text}")).map_err(RunError::Failed)?;
        }
        let wanted = preflight::device(arguments.device.as_deref(), experiment.device);
        let (device, device_found) = match wanted {
            Ok(device) => (device, Ok(())),
            Err(why) if arguments.worker.is_some() => return Err(RunError::Failed(why)),
            Err(why) => (Device::Cpu, Err(why)),
        };
        let memory = (device == Device::Cpu).then(total_memory).flatten();
        let workers = workers(&experiment, &arguments, (device == Device::Cpu, memory));
        tch::set_num_threads(i32::try_from(workers.threads).unwrap_or(1));
        Ok(Self {
            id: run_id(Utc::now()),
            spec,
            experiment,
            arguments,
            workspace,
            output,
            hash,
            overridden,
            declared_trials,
            device,
            device_found,
            memory,
            workers,
            started: Instant::now(),
            code_version: std::cell::OnceCell::new(),
            lease: std::cell::RefCell::default(),
            resolved: std::cell::OnceCell::new(),
            continues: std::cell::RefCell::default(),
            logged: std::cell::Cell::new(false),
            mlflow_silent: std::cell::Cell::new(false),
            facts: std::cell::RefCell::default(),
        })
    }

    /// Commit of the workspace when this was first asked for, which pre-flight does.
    pub(crate) fn code_version(&self) -> &Option<String> {
        self.code_version
            .get_or_init(|| code_version(self.workspace.root()))
    }

    /// How a shape of `count` parameters trains on this machine.
    pub(crate) fn execution(&self, shape: &Architecture, count: u64, batch: u64) -> Execution {
        let machine = (self.device == Device::Cpu, self.memory);
        self.experiment.execution(shape, count, batch, machine)
    }

    /// What one training needs beside data and model.
    pub(crate) fn fit_config(&self, hyper: Hyperparameters, seed: u64) -> FitConfig {
        let training = self.experiment.training.clone();
        let batch = u64::from(hyper.batch_size.div_ceil(training.accumulation.max(1)));
        let shape = &hyper.architecture;
        let count =
            count_parameters(shape, &self.experiment.input()).map_or(0, |count| count.total());
        FitConfig {
            execution: self.execution(shape, count, batch),
            hyper,
            training,
            seed,
            max_steps: self.arguments.max_steps,
        }
    }

    /// What the command line changed of the results, JSON; absent where nothing.
    pub(crate) fn overrides(&self) -> Option<String> {
        let overrides = self.arguments.overrides();
        (!overrides.is_empty()).then(|| serde_json::Value::Object(overrides).to_string())
    }

    /// `{experiment}`, or `{experiment}+{hash}` for an overridden run.
    pub(crate) fn folder_name(&self) -> String {
        if self.overridden {
            format!("{}+{}", self.experiment.name(), self.hash)
        } else {
            self.experiment.name()
        }
    }

    /// Folder of the search or training, absolute.
    pub(crate) fn folder(&self) -> PathBuf {
        let kind = match self.experiment.run {
            Kind::Hpo(_) => "outputs/hpo",
            Kind::Train(_) => "outputs/training",
        };
        self.workspace.root().join(kind).join(self.folder_name())
    }

    /// Checks the machine and the data; all findings at once. A dry run ends here and has written nothing.
    pub fn preflight(&self) -> Result<(), RunError> {
        let _span = stage("preflight");
        let what = if self.overridden {
            " (overridden: own folder, enters no table)"
        } else {
            ""
        };
        self.output.say(&format!(
            "{} run {} spec {}{what}",
            self.experiment.name(),
            self.id,
            self.hash
        ));
        self.facts.borrow_mut().refused = true;
        if !self.arguments.dry_run {
            self.keep_output()?;
        }
        preflight::check(self)?;
        if self.arguments.dry_run {
            return Err(RunError::NothingToDo(
                "dry run: nothing was computed or written".to_owned(),
            ));
        }
        self.claim_folder()?;
        self.facts.borrow_mut().refused = false;
        Ok(())
    }

    /// Takes the experiment's folder for this run; results of another spec are moved aside.
    fn claim_folder(&self) -> Result<(), RunError> {
        let now = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let identity = Identity {
            spec_hash: self.hash.clone(),
            hyperparameters: self
                .resolved()?
                .and_then(|resolved| serde_json::to_string(&resolved.hyper.to_assignment()).ok()),
            continues: search::wanted_source(self)?,
        };
        let claimed = folder::claim(&self.folder(), &identity, &now, || {
            search::may_leave_behind(self)
        })?;
        *self.lease.borrow_mut() = Some(claimed.lease);
        for folder in ["outputs", "docs"] {
            sweep_temporaries(&self.workspace.root().join(folder));
        }
        *self.continues.borrow_mut() = claimed.continues;
        if let Some(moved) = claimed.moved {
            self.output.complain(&format!(
                "the experiment has changed: its earlier results are now in {}",
                moved.display()
            ));
        }
        Ok(())
    }

    /// The hyperparameters of a training; absent for a search.
    pub(crate) fn resolved(&self) -> Result<Option<&Resolved>, RunError> {
        match self.resolved.get_or_init(|| borrowed::resolve(self)) {
            Ok(resolved) => Ok(resolved.as_ref()),
            Err(error) => Err(error.clone()),
        }
    }

    /// Keeps what is said in `outputs/logs`.
    fn keep_output(&self) -> Result<(), RunError> {
        let log = self
            .workspace
            .root()
            .join("outputs/logs")
            .join(self.folder_name())
            .join(format!("{}.log", self.id));
        self.output.keep(&log).map_err(RunError::Failed)
    }

    /// Loads the data that was validated at build time; refuses any other.
    pub fn load_validated_data(&self) -> Result<Data, RunError> {
        let _span = stage("data");
        let data = data::load(&self.workspace, &self.experiment, self.device, &self.output)?;
        self.facts.borrow_mut().data_md5 = Some(data.md5.clone());
        Ok(data)
    }

    /// Starts to watch the temperature.
    pub fn start_thermal_guard(&self) -> Result<ThermalGuard, RunError> {
        let guard = ThermalGuard::start(self.experiment.thermal, preflight::memory_estimate(self));
        if guard.highest().is_none() {
            self.facts.borrow_mut().flags.push("no_sensor");
        }
        Ok(guard)
    }

    /// Searches hyperparameters; never sees test data.
    pub fn search(&self, data: &Data, guard: &ThermalGuard) -> Result<Outcome, RunError> {
        let _span = stage("search");
        let outcome = search::search(self, data, guard);
        self.note_heat(guard);
        outcome
    }

    /// Trains once per seed and judges each on test data once.
    pub fn train(&self, data: &Data, guard: &ThermalGuard) -> Result<Outcome, RunError> {
        let _span = stage("train");
        let outcome = training::train(self, data, guard);
        self.note_heat(guard);
        outcome
    }

    pub(crate) fn note_heat(&self, guard: &ThermalGuard) {
        let mut facts = self.facts.borrow_mut();
        let before = facts.heat_before.filter(|_| guard.highest().is_some());
        let (hottest, waited) = before.unwrap_or((f64::NEG_INFINITY, 0.0));
        facts.thermal_max = guard.highest().map(|celsius| celsius.max(hottest));
        facts.thermal_paused = guard.paused_seconds().map(|seconds| seconds + waited);
    }

    /// Notes the heat that pre-flight met, and how long it waited.
    pub(crate) fn heat_before(&self, highest: Option<f64>, waited: Duration) {
        let mut facts = self.facts.borrow_mut();
        facts.heat_before = highest.map(|celsius| (celsius, waited.as_secs_f64()));
        facts.thermal_max = highest;
        facts.thermal_paused = highest.map(|_| waited.as_secs_f64());
    }

    /// Begins a seed, whose row has its own heat and time.
    pub(crate) fn begin_seed(&self, guard: &ThermalGuard) {
        let mut facts = self.facts.borrow_mut();
        if facts.seed_started.replace(Instant::now()).is_some() {
            guard.begin_part();
            facts.heat_before = None;
        }
    }

    /// Verifies the outputs, appends the rows, and regenerates the report.
    pub fn log_and_report(&self, outcome: Outcome) -> Result<(), RunError> {
        if let Some(missing) = outcome.files.iter().find(|file| !file.is_file()) {
            return Err(RunError::Failed(format!(
                "the output {} was not written; is the disk full?",
                missing.display()
            )));
        }
        let status = if outcome.incomplete.is_some() || outcome.partial {
            Status::Incomplete
        } else {
            Status::Success
        };
        if let Some((results, record)) = outcome.search {
            self.commit(status, &results, &record, outcome.incomplete.clone())?;
        }
        self.logged.set(true);
        if let Some(message) = outcome.incomplete {
            return Err(RunError::Incomplete(message));
        }
        self.report()
    }

    /// Regenerates the report where the log is newer: an earlier run may have been cut off between the two.
    pub(crate) fn refresh_report(&self) -> Result<(), RunError> {
        // A report that cannot be written is no failure of an experiment that finished long ago.
        self.all_is_logged();
        let root = self.workspace.root();
        let changed = |path: &str| std::fs::metadata(root.join(path)).and_then(|m| m.modified());
        match (changed(xp_report::REPORT), changed(LOG)) {
            (Ok(report), Ok(log)) if report >= log => Ok(()),
            _ => self.report(),
        }
    }

    fn report(&self) -> Result<(), RunError> {
        let _span = stage("report");
        let root = self.workspace.root().to_owned();
        let report = unless_interrupted(move || regenerate(&root, Utc::now(), Formats::default()))?
            .ok_or_else(|| {
                RunError::Interrupted(
                    "interrupted while the report was made: all rows are in the log, and the same command makes it".to_owned(),
                )
            })?
            .map_err(RunError::failed)?;
        self.output.say(&format!(
            "logged in {LOG}; report {}",
            report
                .strip_prefix(self.workspace.root())
                .unwrap_or(&report)
                .display()
        ));
        Ok(())
    }

    /// Writes the record and then the row of what has ended.
    pub(crate) fn commit(
        &self,
        status: Status,
        results: &Results,
        record: &RunRecord,
        message: Option<String>,
    ) -> Result<(), RunError> {
        // The report says its methods from what ran.
        let record = &RunRecord {
            spec: serde_json::to_value(&self.experiment).ok(),
            ..record.clone()
        };
        record::write(&self.workspace.root().join(RUNS), record).map_err(|cause| {
            RunError::Failed(format!("failed to write the run record: {cause}"))
        })?;
        let row = self.row(&record.run_id, status, results, message);
        self.append(&row)?;
        self.track(&row, record);
        Ok(())
    }

    /// Hands the curve to TensorBoard, and the run to MLflow where `MLFLOW_TRACKING_URI` is set. The log is the record: a tracker
    /// that cannot be reached is said and harms nothing.
    fn track(&self, row: &LogRow, record: &RunRecord) {
        let uri = std::env::var(tracking::MLFLOW_URI).ok();
        let uri = uri.filter(|_| !self.mlflow_silent.get());
        let (root, row, record) = (
            self.workspace.root().to_owned(),
            row.clone(),
            record.clone(),
        );
        let published =
            unless_interrupted(move || tracking::publish(&root, uri.as_deref(), &row, &record));
        // Ctrl-C has its own message.
        for failed in published.ok().flatten().into_iter().flatten() {
            self.output.complain(&format!("warning: {failed}"));
            if matches!(failed, TrackingError::Mlflow { silent: true, .. }) {
                self.mlflow_silent.set(true);
                self.output
                    .complain("warning: MLflow is not asked again before the next start");
            }
        }
    }

    /// Every row of this run is in the log: an error that is still told is no further one.
    pub(crate) fn all_is_logged(&self) {
        self.logged.set(true);
    }

    fn log_error(&self, error: &RunError) -> Result<(), RunError> {
        let looked = self.arguments.dry_run || self.arguments.study;
        let wanted = !looked && !self.logged.get();
        let Some(status) = error.status().filter(|_| wanted) else {
            return Ok(());
        };
        let results = self.facts.borrow().result.clone();
        self.append(&self.row(&self.id, status, &results, Some(error.to_string())))
    }

    fn append(&self, row: &LogRow) -> Result<(), RunError> {
        let repaired =
            log::append(&self.workspace.root().join(LOG), row).map_err(RunError::failed)?;
        let text = serde_json::to_string(row).unwrap_or_default();
        tracing::debug!(target: ROWS, row = text, "logged {}", row.run_id);
        if repaired {
            self.output.complain(&format!(
                "warning: the last line of {LOG} was torn by a crash; it is kept in {LOG}.torn"
            ));
        }
        Ok(())
    }

    fn row(
        &self,
        run_id: &str,
        status: Status,
        results: &Results,
        error: Option<String>,
    ) -> LogRow {
        let experiment = &self.experiment;
        let facts = self.facts.borrow();
        let mut flags = facts.flags.clone();
        flags.extend(results.flags.iter().filter(|flag| **flag != "collapsed"));
        if results.collapsed {
            flags.push("collapsed");
        }
        if facts.refused {
            flags.push(xp_report::REFUSED);
        }
        LogRow {
            timestamp: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
            experiment: experiment.name(),
            phase: experiment.phase.clone(),
            budget: experiment.budget.to_string(),
            task: experiment.task.to_string(),
            horizon: experiment.horizon.days(),
            timescale: experiment.timescale.to_string(),
            script_path: self.spec.source.to_owned(),
            run_type: experiment.run_type().to_owned(),
            status,
            duration_seconds: results.duration_seconds.unwrap_or_else(|| {
                let started = facts.seed_started.unwrap_or(self.started);
                started.elapsed().as_secs_f64()
            }),
            val_loss: results.val_loss,
            test_accuracy: results.test_accuracy,
            hyperparameters: results.hyperparameters.clone(),
            error_message: error,
            thermal_max_temp: facts.thermal_max,
            data_md5: facts.data_md5.clone(),
            run_id: run_id.to_owned(),
            spec_hash: self.hash.clone(),
            overridden: self.overridden,
            code_version: self.code_version().clone(),
            seed: results.seed,
            device: Some(preflight::device_name(self.device)),
            param_count: results.param_count,
            n_features: Some(experiment.features.len() as u64),
            val_auc: results.val_auc,
            test_loss: results.test_loss,
            test_auc: results.test_auc,
            test_positives: results.test.map(|(_, positives)| positives),
            test_samples: results.test.map(|(n, _)| n),
            val_positives: results.val.map(|(_, positives)| positives),
            val_samples: results.val.map(|(n, _)| n),
            best_epoch: results.best_epoch,
            thermal_paused_seconds: facts.thermal_paused,
            samples_per_second: results.samples_per_second,
            flags: (!flags.is_empty()).then(|| flags.join(" ")),
            threads: u32::try_from(tch::get_num_threads()).ok(),
            overrides: self.overrides(),
        }
    }
}
