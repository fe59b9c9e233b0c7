//! Slurm's commands as this workspace uses them: its jobs, and nobody else's. It knows jobs by their names and folders, not experiments.

mod accounting;
mod lenient;
mod program;
mod queue;

pub(crate) use accounting::{Ended, ended};
pub(crate) use program::output;
pub(crate) use queue::{Job, jobs};
