//! The database of the studies, and how many tasks work on an experiment: many on a search whose study is in one, else one.

use xp_macros_core::Checked;
use xp_spec::{experiment::Run, files::CLUSTER, study_url::check_study_url};

use super::request::Options;
use crate::{failure::Failure, slurm::Job};

/// Variable of the environment with the address of the database, which runs read, too.
const VARIABLE: &str = "XP_STUDY";

/// Address of the database that jobs are told: that of the command line, or else of the environment, which a job may not inherit. Absent where
/// neither names one. An address with a password is refused: a script is readable.
pub(super) fn study_url(options: &Options) -> Result<Option<String>, Failure> {
    if options.study_url.is_some() {
        return Ok(options.study_url.clone());
    }
    let Some(url) = std::env::var_os(VARIABLE).filter(|url| !url.is_empty()) else {
        return Ok(None);
    };
    let url = url.to_string_lossy().into_owned();
    check_study_url(&url).map_err(|error| Failure::new(format!("{VARIABLE}: {error}")))?;
    Ok(Some(url))
}

/// Tasks of an experiment's array; an error where more than one would have no database, or one more would have nothing to do. `queue` is absent
/// where nothing is submitted.
pub(super) fn tasks(
    (options, database): (&Options, bool),
    (name, checked): (&str, &Checked),
    queue: Option<&[Job]>,
) -> Result<u32, Failure> {
    let is_search = matches!(checked.experiment.run, Run::Hpo(_));
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
