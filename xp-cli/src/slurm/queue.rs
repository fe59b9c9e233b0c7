//! Jobs of the queue, by `squeue --json`: those of this user that were submitted from this workspace.

use std::path::Path;

use xp_spec::slurm::{Job, parse_queue};

use super::program::output;
use crate::failure::Failure;

/// The jobs of this user that were submitted from a workspace; older versions of `squeue` answer with those of everybody.
pub(crate) fn jobs(root: &Path) -> Result<Vec<Job>, Failure> {
    let text = output(root, "squeue", &["--me", "--json"], "").map_err(|cause| {
        Failure::new(format!(
            "{cause}\n  help: `squeue --json` needs Slurm 21.08 or newer, built with its JSON plug-in"
        ))
    })?;
    // As `sbatch` writes it, which asks the system for its folder.
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let user = u64::from(rustix::process::getuid().as_raw());
    let jobs = parse_queue(&text).map_err(Failure::new)?;
    Ok(jobs
        .into_iter()
        .filter(|job| job.is_of(user, &root))
        .collect())
}
