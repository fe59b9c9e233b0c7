//! Slurm's commands as this workspace uses them: its jobs, and nobody else's. It knows jobs by their names and folders, not experiments. What
//! the commands answer is read in `xp_spec::slurm`.

mod accounting;
mod program;
mod queue;

pub(crate) use accounting::ended;
pub(crate) use program::output;
pub(crate) use queue::jobs;
pub(crate) use xp_spec::slurm::{Ended, Job};
