//! Cores, memory, and trials at the same time of a task, by the rules by which a run decides on a machine of its own.

use xp_macros_core::Checked;
use xp_spec::{
    execution::{default_jobs, default_threads},
    experiment::Run,
    slurm::{CORES, memory_mib},
};

use super::request::Options;
use crate::{cost::Step, experiments::Found, failure::Failure};

/// What a task is given.
pub(super) struct Resources {
    pub(super) cores: usize,
    /// As Slurm reads it.
    pub(super) memory: String,
    /// Trials at the same time; absent for a training, which has none.
    pub(super) jobs: Option<usize>,
    /// Threads of each training.
    pub(super) threads: usize,
}

impl Resources {
    /// What a task of an experiment needs, where the command line does not say it.
    pub(super) fn of(
        found: &Found,
        checked: &Checked,
        all: &[Found],
        options: &Options,
    ) -> Result<Self, Failure> {
        let experiment = &checked.experiment;
        let step = Step::largest(checked, all, options.gpus == 0);
        let cores = options.cpus.map_or(CORES, usize::from);
        let is_search = matches!(experiment.run, Run::Hpo(_));
        let jobs = match (is_search, options.jobs, &step) {
            (false, ..) | (true, None, None) => 1,
            (true, Some(jobs), _) => usize::from(jobs),
            // Memory follows from the trials, not they from it.
            (true, None, Some(step)) => default_jobs(step.execution, cores, (0, None)),
        };
        let share = cores / jobs;
        let threads = match &step {
            Some(step) => default_threads(step.execution, share, step.batch),
            None => share.max(1),
        };
        let estimated = || {
            let bytes = step.as_ref()?.memory(experiment, threads);
            Some(format!("{}M", memory_mib(bytes, jobs)))
        };
        let memory = options.mem.0.clone().or_else(estimated).ok_or_else(|| {
            Failure::new(format!(
                "the memory of `{}` cannot be estimated before its shape is known; give --mem, such as --mem 8G",
                found.name
            ))
        })?;
        Ok(Self {
            cores,
            memory,
            jobs: is_search.then_some(jobs),
            threads,
        })
    }
}
