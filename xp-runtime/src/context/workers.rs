//! How many trials run at the same time, and on how many threads.

use std::thread::available_parallelism;

use xp_spec::{
    cost::memory_bytes,
    execution::{Execution, default_jobs, default_threads},
    experiment::{Experiment, Run},
};

use super::options::Options;

/// Samples of a batch by which memory is judged where another experiment's result will set them.
const USUAL_BATCH: u64 = 32;

/// Trials of a search at the same time, and threads of each; or those of a training.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Workers {
    pub(crate) jobs: usize,
    pub(crate) threads: usize,
}

/// What the command line says, or else what suits the machine: whether it computes on a CPU, and its memory in bytes.
pub(crate) fn workers(
    experiment: &Experiment,
    options: &Options,
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
        let mode = (execution, experiment.training.loss);
        let bytes = memory_bytes(&shape, &experiment.input(), count, at_once, 1, mode);
        (execution, bytes)
    });
    let (execution, bytes) = largest.unwrap_or((Execution::Whole, 0));
    let threads = options.worker.or(options.threads).map(usize::from);
    let jobs = match (&experiment.run, options.jobs, threads) {
        (_, Some(jobs), _) => usize::from(jobs),
        (Run::Hpo(_), None, None) => default_jobs(execution, cores, (bytes, machine.1)),
        (Run::Hpo(_), None, Some(threads)) => {
            default_jobs(execution, cores / threads, (bytes, machine.1))
        }
        (Run::Train(_), None, _) => 1,
    };
    Workers {
        jobs,
        threads: threads.unwrap_or_else(|| default_threads(execution, cores / jobs, batch)),
    }
}
