//! How many samples the regions of an experiment have, by the rule that counted them at build time.

use xp_spec::split::{Regions, regions};

use crate::context::Context;

/// Samples of the regions that a training sees.
#[derive(Debug, Clone, Copy)]
pub(super) struct Samples {
    pub(super) train: u64,
    pub(super) val: u64,
}

impl Samples {
    pub(super) fn of(regions: &Regions) -> Self {
        Self {
            train: regions.train.samples.len() as u64,
            val: regions.val.samples.len() as u64,
        }
    }
}

/// Counted from the daily prices, where no table is there; absent where these cannot be read, which is a finding of its own.
pub(super) fn counted(context: &Context) -> Option<Samples> {
    let workspace = &context.workspace;
    let manifest = workspace.manifest().ok()?;
    let entry = manifest.processed.get(&context.experiment.data.name)?;
    let lock = workspace.lock(&entry.lock).ok()?;
    let spine = workspace.spine(&lock).ok()?;
    Some(Samples::of(&regions(
        &spine,
        &context.experiment.labelling(),
    )))
}
