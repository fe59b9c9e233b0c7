//! `cargo xp status`: what Slurm knows of the workspace's jobs, joined with what the experiments know of their studies.

mod jobs;
mod progress;
mod shown;

use clap::Args;
use xp_terminal::width;

use crate::{
    experiments::{all, unknown_name},
    failure::Failure,
    parsers,
    session::Session,
    slurm, study_status,
};
use shown::Shown;

/// Shows jobs of this workspace in Slurm's queue with their studies: trials done, running and failed, rate, time left, nodes
#[derive(Args)]
pub(crate) struct Options {
    /// Names of experiments; those with jobs if not specified
    names: Vec<String>,
    /// Database of the studies, where neither XP_STUDY nor configs/cluster.yaml names it
    #[arg(long, value_name = "URL", value_parser = parsers::study_url)]
    study_url: Option<String>,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let experiments = all(workspace)?;
        let is_known = |name: &str| experiments.iter().any(|found| found.name == name);
        if let Some(unknown) = self.names.iter().find(|name| !is_known(name)) {
            return Err(unknown_name(unknown, &experiments));
        }
        // Of experiments that are named, the studies are shown without Slurm, too.
        let queue = slurm::jobs(workspace.root());
        let (queue, absent) = match queue {
            Ok(queue) => (queue, None),
            Err(error) if self.names.is_empty() => return Err(error),
            Err(error) => (Vec::new(), Some(error)),
        };
        let cluster = workspace
            .cluster()
            .map_err(|error| Failure::new(error.to_string()))?;
        let container = cluster.slurm.and_then(|site| site.container);
        let container = container.map_or_else(Vec::new, |words| words.0);
        let asked = (self.study_url.as_deref(), container.as_slice());
        let ended = slurm::ended(workspace.root());
        let shown: Vec<Shown> = experiments
            .iter()
            .map(|found| found.name.as_str())
            .filter_map(|name| {
                let jobs: Vec<_> = queue.iter().filter(|job| job.name() == name).collect();
                let is_asked = match self.names.is_empty() {
                    true => !jobs.is_empty(),
                    false => self.names.iter().any(|asked| asked == name),
                };
                is_asked.then(|| Shown {
                    name,
                    study: study_status::ask(workspace, name, asked),
                    jobs,
                })
            })
            .collect();
        if shown.is_empty() {
            say!("no job of this workspace is in the queue");
        } else {
            say!("{}", progress::table(&shown).text(width()));
        }
        for line in progress::best(&shown) {
            say!("{line}");
        }
        if let Some(jobs) = jobs::table(&shown, ended.as_deref(), &self.names) {
            say!("\n{}", jobs.text(width()));
        }
        if shown
            .iter()
            .any(|one| matches!(one.study, Err(study_status::NO_ANSWER)))
        {
            complain!(
                "note: a database is waited for 5 s; PGCONNECT_TIMEOUT in the environment is another number of seconds"
            );
        }
        if let Some(error) = absent {
            complain!("note: jobs are not known: {error}");
        }
        if shown.is_empty() {
            xp_terminal::next("cargo xp list --status");
        }
        Ok(0)
    }
}
