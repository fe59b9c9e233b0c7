//! The largest model that a run trains, by which memory, disk and time are judged.

use xp_spec::{architecture::Architecture, count::count_parameters};

use super::resolve::Resolved;
use crate::context::Context;

/// What the largest training of a run builds.
pub(super) struct Largest {
    pub(super) shape: Architecture,
    pub(super) count: u64,
    pub(super) batch: u64,
}

/// The largest training; absent where its shape is not known.
pub(super) fn largest(context: &Context, resolved: Option<&Resolved>) -> Option<Largest> {
    let experiment = &context.experiment;
    let Some(Resolved { hyper, .. }) = resolved else {
        let (shape, count) = experiment.largest_shape()?;
        let batch = experiment.largest_batch()?;
        return Some(Largest {
            shape,
            count,
            batch,
        });
    };
    let parts = experiment.training.accumulation.max(1);
    Some(Largest {
        shape: hyper.architecture,
        count: count_parameters(&hyper.architecture, &experiment.input())?.total(),
        batch: u64::from(hyper.batch_size.div_ceil(parts)),
    })
}
