//! Each job with its node and the trial that runs in it, and jobs that have ended.

use xp_terminal::{Column, Table};

use super::shown::Shown;
use crate::slurm::{Ended, Job};

/// A row for each job; absent where there is none. Of jobs that have ended, accounting knows more than the queue, where there is one.
pub(super) fn table(shown: &[Shown], ended: Option<&[Ended]>, names: &[String]) -> Option<Table> {
    let mut rows = Vec::new();
    for one in shown {
        let jobs = one
            .jobs
            .iter()
            .filter(|job| job.is_live() || ended.is_none());
        rows.extend(jobs.map(|job| row(one, job)));
    }
    let is_wanted = |job: &&Ended| names.is_empty() || names.contains(&job.name);
    for job in ended.unwrap_or_default().iter().filter(is_wanted) {
        rows.push([
            job.id.clone(),
            job.name.clone(),
            job.state.clone(),
            job.nodes.clone(),
            format!("exit code {}", job.exit_code),
        ]);
    }
    if rows.is_empty() {
        return None;
    }
    let mut table = Table::new(&[
        Column::Words("job"),
        Column::Words("experiment"),
        Column::Words("state"),
        Column::Words("node"),
        Column::Words(""),
    ]);
    for row in rows {
        table.row(row);
    }
    Some(table)
}

fn row(shown: &Shown, job: &Job) -> [String; 5] {
    let id = job.id();
    let mut notes = Vec::new();
    if let Ok(study) = &shown.study {
        let trials = study.running.iter();
        for trial in trials.filter(|trial| trial.job.as_deref() == Some(&id)) {
            let heartbeat = trial.seconds_since_heartbeat;
            let seen = heartbeat.map(|seconds| format!(", seen {seconds:.0} s ago"));
            notes.push(format!(
                "trial {}{}",
                trial.number,
                seen.unwrap_or_default()
            ));
        }
    }
    if !job.is_running() && job.is_live() {
        notes.extend(job.reason().map(ToOwned::to_owned));
    }
    match job.restarts {
        None | Some(0) => {}
        Some(1) => notes.push("requeued once".to_owned()),
        Some(n) => notes.push(format!("requeued {n} times")),
    }
    [
        id,
        shown.name.to_owned(),
        job.state().to_owned(),
        job.nodes.clone().unwrap_or_default(),
        notes.join(", "),
    ]
}
