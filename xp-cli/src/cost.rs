//! What experiments cost at most.

use xp_macros_core::Checked;
use xp_spec::{
    architecture::Architecture,
    cost::memory_bytes,
    execution::Execution,
    experiment::Experiment,
    flops::{forward_flops, training_flops},
    plan::Plan,
    split::Region,
};

use crate::experiments::Found;

/// Threads of one training, where each has gradients of its own.
const LISTED_THREADS: usize = 2;

/// What a run costs at most.
pub(crate) struct Cost {
    /// Parameters of the largest shape.
    pub(crate) parameters: Option<u64>,
    /// Floating-point operations of all its trainings, without early stopping and pruning.
    pub(crate) flops: Option<f64>,
    /// Bytes of one training.
    pub(crate) memory: Option<u64>,
}

impl Cost {
    pub(crate) fn of(checked: &Checked, all: &[Found]) -> Self {
        let experiment = &checked.experiment;
        let input = experiment.input();
        let shape = largest_shape(checked, all);
        let steps = from_sources(checked, all, Experiment::most_steps);
        let step = from_sources(checked, all, Experiment::largest_step);
        let samples = |region: &Region| region.samples.len() as u64;
        let (train, val) = (
            samples(&checked.regions.train),
            samples(&checked.regions.val),
        );
        let plan = (|| {
            let length = (u32::try_from(steps?).ok()?, u32::try_from(step?).ok()?);
            Some(Plan::of(length, experiment.training.evaluate, train))
        })();
        Self {
            parameters: shape.map(|(_, count)| count),
            flops: shape.zip(plan).map(|((shape, _), plan)| {
                let validated = f64::from(plan.evaluations()) * val as f64;
                let trained = plan.trained() as f64 * training_flops(&shape, &input);
                experiment.trainings() as f64
                    * (trained + validated * forward_flops(&shape, &input))
            }),
            memory: Step::largest(checked, all, true)
                .map(|step| step.memory(experiment, LISTED_THREADS)),
        }
    }
}

/// The largest shape, with its parameters: of the experiment, of its budget, or of the searches that it borrows from.
fn largest_shape(checked: &Checked, all: &[Found]) -> Option<(Architecture, u64)> {
    let own = |experiment: &Experiment| {
        experiment
            .largest_shape()
            .or_else(|| experiment.largest_of_grid())
    };
    own(&checked.experiment).or_else(|| {
        prerequisites(checked, all)
            .filter_map(own)
            .max_by_key(|(_, count)| *count)
    })
}

/// A step of the largest training of an experiment, and how it is computed.
pub(crate) struct Step {
    shape: Architecture,
    count: u64,
    /// Samples.
    pub(crate) batch: u64,
    pub(crate) execution: Execution,
}

impl Step {
    /// The largest one, on a CPU or another device; absent where what the experiment borrows from does not tell it either.
    pub(crate) fn largest(checked: &Checked, all: &[Found], cpu: bool) -> Option<Self> {
        let experiment = &checked.experiment;
        let (shape, count) = largest_shape(checked, all)?;
        let batch = from_sources(checked, all, Experiment::largest_batch)?;
        Some(Self {
            shape,
            count,
            batch,
            execution: experiment.execution(&shape, count, batch, (cpu, None)),
        })
    }

    /// Bytes of the training on so many threads.
    pub(crate) fn memory(&self, experiment: &Experiment, threads: usize) -> u64 {
        let step = (self.execution, experiment.training.loss);
        let input = experiment.input();
        memory_bytes(&self.shape, &input, self.count, self.batch, threads, step)
    }
}

/// A number of the experiment, or the largest of the searches that it borrows from.
fn from_sources(
    checked: &Checked,
    all: &[Found],
    of: impl Fn(&Experiment) -> Option<u64>,
) -> Option<u64> {
    of(&checked.experiment).or_else(|| prerequisites(checked, all).filter_map(of).max())
}

/// The searches that an experiment borrows from.
fn prerequisites<'a>(
    checked: &'a Checked,
    all: &'a [Found],
) -> impl Iterator<Item = &'a Experiment> {
    let borrowed = checked.borrowed.iter();
    borrowed
        .filter_map(|search| all.iter().find(|found| found.name == search.binary))
        .filter_map(|found| found.checked.as_ref().ok())
        .map(|checked| &checked.experiment)
}
