//! How many samples the regions of an experiment have, by the rule that counted them at build time.

use xp_spec::split::regions;

use crate::context::Context;

/// Samples of train and of validation; absent where the data cannot be read, which is a finding of its own.
pub(super) fn samples(context: &Context) -> Option<(u64, u64)> {
    let workspace = &context.workspace;
    let manifest = workspace.manifest().ok()?;
    let entry = manifest.processed.get(&context.experiment.data.name)?;
    let lock = workspace.lock(&entry.lock).ok()?;
    let spine = workspace.spine(&lock).ok()?;
    let regions = regions(&spine, &context.experiment.labelling());
    Some((
        regions.train.samples.len() as u64,
        regions.val.samples.len() as u64,
    ))
}
