//! What an experiment borrows from must have ended when it starts: it is submitted before it, is in the queue, or is done.

use xp_macros_core::Checked;

use crate::{experiments::Found, failure::Failure, results::Outputs, slurm::Job};

/// An experiment that another one waits for.
pub(super) enum Prerequisite<'a> {
    /// It is submitted with it.
    Submitted(&'a str),
    /// It is in the queue already, as this job.
    Queued(u64),
}

/// What one of the selected experiments waits for; an error where it would wait for ever. `queue` is absent where nothing is submitted, and
/// nothing is known of jobs then.
pub(super) fn prerequisites<'a>(
    found: &Found,
    checked: &Checked,
    selected: &[&'a Found],
    everything: &[Found],
    (queue, outputs): (Option<&[Job]>, &Outputs),
) -> Result<Vec<Prerequisite<'a>>, Failure> {
    let mut prerequisites = Vec::new();
    for search in &checked.borrowed {
        let name = search.binary.as_str();
        if let Some(with) = selected.iter().find(|one| one.name == name) {
            prerequisites.push(Prerequisite::Submitted(&with.name));
            continue;
        }
        let queued: Vec<_> = queue
            .unwrap_or_default()
            .iter()
            .filter(|job| job.name() == name && job.is_live())
            .filter_map(Job::whole)
            .collect();
        let is_done = everything
            .iter()
            .find(|one| one.name == name)
            .and_then(|one| one.checked.as_ref().ok())
            .is_some_and(|checked| outputs.of(checked).is_done());
        if queued.is_empty() && !is_done && queue.is_some() {
            return Err(Failure::new(format!(
                "`{}` borrows from `{name}`, which is neither done nor in the queue; submit both: `cargo xp submit {name} {}`",
                found.name, found.name
            )));
        }
        for job in queued {
            if !prerequisites
                .iter()
                .any(|known| matches!(known, Prerequisite::Queued(id) if *id == job))
            {
                prerequisites.push(Prerequisite::Queued(job));
            }
        }
    }
    Ok(prerequisites)
}
