//! What a run is: its experiment as it will run, its machine, its folders. Nothing of it changes after it was made.

use std::{path::PathBuf, time::Instant};

use tch::Device;
use xp_clock::Clock;
use xp_engine::train::FitConfig;
use xp_host::{batch_job::BatchJob, identity::run_id, resources::total_memory};
use xp_postgres::Settings;
use xp_spec::{
    architecture::Architecture,
    count::count_parameters,
    execution::Execution,
    experiment::{Experiment, Run},
    files::{SEARCHES, TRAININGS, Workspace, overridden_name},
    hyper::Hyperparameters,
};

use super::{
    device::device,
    error::RunError,
    options::Options,
    server::server,
    spec::Spec,
    workers::{Workers, workers},
    workspace,
};

/// What a run is; immutable.
#[derive(Debug)]
pub struct Context {
    pub(crate) spec: &'static Spec,
    /// With what the command line changed.
    pub(crate) experiment: Experiment,
    pub(crate) options: Options,
    pub(crate) workspace: Workspace,
    pub(crate) run_id: String,
    /// Spec hash, or the effective one.
    pub(crate) hash: String,
    pub(crate) overridden: bool,
    /// Trials that the experiment declares, whatever the command line says.
    pub(crate) declared_trials: u32,
    /// The CPU where the device that is asked for is not there: pre-flight then says so.
    pub(crate) device: Device,
    pub(crate) device_found: Result<(), String>,
    pub(crate) workers: Workers,
    /// The server of a search's study; absent where that is a file.
    pub(crate) server: Option<Settings>,
    /// The job of a batch system that this run is in.
    pub(crate) job: Option<BatchJob>,
    pub(crate) clock: Clock,
    pub(crate) started: Instant,
    /// Bytes of the machine's memory, where tensors live in it.
    memory: Option<u64>,
}

impl Context {
    /// The run of a binary's experiment with these options.
    pub(crate) fn new(
        spec: &'static Spec,
        options: Options,
        clock: Clock,
    ) -> Result<Self, RunError> {
        let mut experiment: Experiment =
            serde_json::from_str(spec.experiment).map_err(|cause| {
                RunError::Failed(format!(
                    "the binary's experiment cannot be read: {cause}; build it again"
                ))
            })?;
        let (hash, overridden) = options.effective(&experiment, spec.hash);
        let declared_trials = match &experiment.run {
            Run::Hpo(hpo) => hpo.trials,
            Run::Train(_) => 0,
        };
        options.apply(&mut experiment).map_err(RunError::Failed)?;
        let workspace = workspace::find(spec)?;
        // A worker is of the binary that its search was started as, whatever changed since.
        if options.worker.is_none() && !options.only_looks() {
            workspace::verify_inputs(spec)?;
        }
        // A worker knows no study.
        let is_search = matches!(experiment.run, Run::Hpo(_)) && options.worker.is_none();
        let server = match is_search {
            true => server(&workspace, &options)?,
            false => None,
        };
        let wanted = device(options.device.as_deref(), experiment.device);
        let (device, device_found) = match wanted {
            Ok(device) => (device, Ok(())),
            Err(why) if options.worker.is_some() => return Err(RunError::Failed(why)),
            Err(why) => (Device::Cpu, Err(why)),
        };
        let memory = (device == Device::Cpu).then(total_memory).flatten();
        let workers = workers(&experiment, &options, (device == Device::Cpu, memory));
        Ok(Self {
            spec,
            experiment,
            options,
            workspace,
            run_id: run_id(clock.utc()),
            hash,
            overridden,
            declared_trials,
            device,
            device_found,
            workers,
            server,
            job: BatchJob::current(),
            started: clock.now(),
            clock,
            memory,
        })
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
            max_steps: self.options.max_steps,
        }
    }

    /// Optimizer steps that a training on so many samples may make, where the command line may limit them.
    pub(crate) fn scheduled_steps(&self, hyper: Hyperparameters, samples: u64) -> u32 {
        let hyper = hyper.within_epochs(self.options.max_epochs, samples);
        self.fit_config(hyper, 0).plan(samples).steps()
    }

    /// What the command line changed of the results, JSON; absent where nothing.
    pub(crate) fn overrides(&self) -> Option<String> {
        let overrides = self.options.overrides();
        (!overrides.is_empty()).then(|| serde_json::Value::Object(overrides).to_string())
    }

    /// `{experiment}`, or `{experiment}+{hash}` for an overridden run.
    pub(crate) fn folder_name(&self) -> String {
        if self.overridden {
            overridden_name(&self.experiment.name(), &self.hash)
        } else {
            self.experiment.name()
        }
    }

    /// Folder of the search or training, absolute.
    pub(crate) fn folder(&self) -> PathBuf {
        let kind = match self.experiment.run {
            Run::Hpo(_) => SEARCHES,
            Run::Train(_) => TRAININGS,
        };
        self.workspace.root().join(kind).join(self.folder_name())
    }
}
