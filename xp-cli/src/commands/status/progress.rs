//! How far each experiment is.

use std::collections::BTreeSet;

use xp_spec::duration::readable;
use xp_terminal::{Column, Table};

use super::shown::Shown;
use crate::slurm::Job;

/// States of a trial that has ended as it should.
const DONE: [&str; 2] = ["complete", "pruned"];
/// States of a trial that has not.
const FAILED: [&str; 5] = ["fail", "failed", "nan", "out_of_memory", "timed_out"];

/// A row for each experiment; what is not known is a dash.
pub(super) fn table(shown: &[Shown]) -> Table {
    let mut table = Table::new(&[
        Column::Words("experiment"),
        Column::Numbers("done"),
        Column::Numbers("running"),
        Column::Numbers("failed"),
        Column::Numbers("per hour"),
        Column::Numbers("time left"),
        Column::Words("jobs"),
        Column::Words("nodes"),
    ]);
    for one in shown {
        let study = one.study.as_ref().ok();
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
        let done = match &one.study {
            Ok(study) => {
                let done = study.count(&DONE);
                match study.wanted {
                    Some(wanted) => format!("{done} of {wanted}"),
                    None => done.to_string(),
                }
            }
            Err(why) => (*why).to_owned(),
        };
        let count = |states: &[&str]| or_dash(study.map(|study| study.count(states).to_string()));
        let rate = study.and_then(|study| study.trials_per_hour);
        let left = study.and_then(|study| study.seconds_left);
        table.row([
            one.name.to_owned(),
            done,
            count(&["running"]),
            count(&FAILED),
            or_dash(rate.map(|rate| format!("{rate:.1}"))),
            or_dash(left.map(readable)),
            jobs(one),
            or_dash(nodes(one)),
        ]);
    }
    table
}

/// How many of its jobs run and wait.
fn jobs(shown: &Shown) -> String {
    let live = shown.jobs.iter().filter(|job| job.is_live());
    let (run, wait): (Vec<&Job>, Vec<&Job>) = live.partition(|job| job.is_running());
    let wait: u64 = wait.iter().map(|job| job.tasks()).sum();
    match (run.len(), wait) {
        (0, 0) => "none".to_owned(),
        (run, 0) => format!("{run} running"),
        (0, wait) => format!("{wait} waiting"),
        (run, wait) => format!("{run} running, {wait} waiting"),
    }
}

/// Where its jobs run, or its trials where Slurm knows none.
fn nodes(shown: &Shown) -> Option<String> {
    let running = shown.jobs.iter().filter(|job| job.is_running());
    let of_jobs = running.filter_map(|job| job.nodes.as_deref());
    let mut nodes: BTreeSet<&str> = of_jobs.collect();
    if let (true, Ok(study)) = (nodes.is_empty(), &shown.study) {
        nodes.extend(
            study
                .running
                .iter()
                .filter_map(|trial| trial.host.as_deref()),
        );
    }
    (!nodes.is_empty()).then(|| nodes.into_iter().collect::<Vec<_>>().join(" "))
}

/// The best trial of each search, and where its study is.
pub(super) fn best(shown: &[Shown]) -> Vec<String> {
    let mut lines = Vec::new();
    for one in shown {
        let Ok(study) = &one.study else { continue };
        let best = study
            .best
            .as_ref()
            .map(|best| format!("best trial {} with {}", best.number, best.value));
        let place = study
            .study
            .as_deref()
            .map(|place| format!("study in {}", xp_spec::study_url::without_password(place)));
        let parts: Vec<_> = [best, place].into_iter().flatten().collect();
        if !parts.is_empty() {
            lines.push(format!("{}: {}", one.name, parts.join(", ")));
        }
    }
    lines
}
