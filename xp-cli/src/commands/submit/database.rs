//! How many tasks work on an experiment: many on a search whose study is in a database, else one.

use xp_macros_core::Checked;
use xp_spec::{
    experiment::Run,
    files::{CLUSTER, cluster::Cluster},
};

use super::request::Options;
use crate::{failure::Failure, slurm::Job};

/// Variable of the environment with the address of the database, which runs read, too.
const VARIABLE: &str = "XP_STUDY";

/// Tasks of an experiment's array; an error where more than one would have no database, or one more would have nothing to do. `queue` is absent
/// where nothing is submitted.
pub(super) fn tasks(
    options: &Options,
    (name, checked): (&str, &Checked),
    cluster: &Cluster,
    queue: Option<&[Job]>,
) -> Result<u32, Failure> {
    let is_search = matches!(checked.experiment.run, Run::Hpo(_));
    let in_environment = std::env::var_os(VARIABLE).is_some_and(|url| !url.is_empty());
    let database = options.study_url.is_some() || in_environment || cluster.study.is_some();
    if is_search && options.workers > 1 && !database {
        return Err(Failure::new(format!(
            "--workers {} of `{name}` would share a study, which needs a database; write `study: postgresql://…` to {CLUSTER} or give \
             --study-url, as docs/cluster.md says; or leave --workers out, and give the one task more cores with --cpus",
            options.workers
        )));
    }
    let mut queued = queue.unwrap_or_default().iter();
    if let Some(job) = queued.find(|job| job.name() == name && job.is_live())
        && !(is_search && database)
    {
        return Err(Failure::new(format!(
            "`{name}` is in the queue already, as job {}; `cargo xp status {name}` shows it, `cargo xp cancel {name}` cancels it",
            job.id()
        )));
    }
    Ok(if is_search { options.workers } else { 1 })
}
