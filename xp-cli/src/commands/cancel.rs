//! `cargo xp cancel`: takes jobs of this workspace from Slurm's queue; those of other checkouts and other users stay.

use clap::Args;

use crate::{
    experiments::{all, unknown_name},
    failure::Failure,
    session::Session,
    slurm::{self, Job},
};

/// Cancels jobs of this workspace: those that run write a checkpoint first
#[derive(Args)]
pub(crate) struct Options {
    /// Names of experiments
    #[arg(required_unless_present = "all")]
    names: Vec<String>,
    /// All jobs of experiments of this workspace
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let experiments = all(workspace)?;
        let jobs = slurm::jobs(workspace.root())?;
        let live: Vec<&Job> = jobs.iter().filter(|job| job.is_live()).collect();
        let is_known = |name: &str| experiments.iter().any(|found| found.name == name);
        // A job of an experiment that was deleted since can be cancelled by its name.
        let is_job = |name: &str| live.iter().any(|job| job.name() == name);
        if let Some(unknown) = self
            .names
            .iter()
            .find(|name| !is_known(name) && !is_job(name))
        {
            return Err(unknown_name(unknown, &experiments));
        }
        let wanted = |job: &Job| match self.all {
            true => is_known(job.name()),
            false => self.names.iter().any(|name| name == job.name()),
        };
        let mut arrays: Vec<(u64, &str, Vec<String>)> = Vec::new();
        for job in live.iter().filter(|job| wanted(job)) {
            let Some(id) = job.whole() else { continue };
            match arrays.iter_mut().find(|(known, ..)| *known == id) {
                Some((_, _, tasks)) => tasks.push(job.id()),
                None => arrays.push((id, job.name(), vec![job.id()])),
            }
        }
        if arrays.is_empty() {
            say!("nothing to cancel: no such job of this workspace is in the queue");
            return Ok(0);
        }
        let ids: Vec<_> = arrays.iter().map(|(id, ..)| id.to_string()).collect();
        slurm::output(workspace.root(), "scancel", &ids, "")?;
        for (_, name, tasks) in &arrays {
            say!("cancelled {name}: {}", tasks.join(", "));
        }
        Ok(0)
    }
}
