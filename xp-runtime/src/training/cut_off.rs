//! Seeds of an earlier start that was killed after it had evaluated them and before it had logged them.

use xp_report::{log::LogRow, rebuild::without_row};

use super::{hooks::checkpoint, weights};
use crate::{
    context::{Context, RunError},
    journal::Journal,
};

/// Logs the seeds that have weights and a record, and still their checkpoint, but no row; returns the rows. Without a checkpoint a row was there:
/// the user has removed it.
pub(super) fn complete(
    context: &Context,
    journal: &Journal<'_>,
    rows: &[LogRow],
    seeds: &[u64],
) -> Result<Vec<LogRow>, RunError> {
    let is_cut_off = |seed: &&u64| {
        weights::path(context, **seed).is_file() && checkpoint(context, **seed).folder.is_dir()
    };
    let ends: Vec<String> = seeds
        .iter()
        .filter(is_cut_off)
        .map(|seed| format!("-s{seed}"))
        .collect();
    if ends.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = |id: &str| ends.iter().any(|end| id.ends_with(end));
    let mut added = Vec::new();
    for (row, record) in
        without_row(context.workspace.root(), rows, wanted).map_err(RunError::failed)?
    {
        if row.spec_hash == context.hash && row.experiment == context.experiment.name() {
            journal.log(&row, &record)?;
            added.push(row);
        }
    }
    Ok(added)
}
