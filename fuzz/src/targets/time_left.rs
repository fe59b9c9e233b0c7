//! What is left of a job's time, as `squeue` says it, and the environment of a job, which says its end.

use xp_clock::Clock;
use xp_host::batch_job::{BatchJob, TimeLeft};

use super::target::Target;

pub(super) const TARGET: Target = Target {
    name: "time_left",
    shipped: &[],
    start: |_| {
        let clock = Clock::manual();
        Box::new(move |input| {
            let text = String::from_utf8_lossy(input);
            if let Some(TimeLeft::Limited(left)) = TimeLeft::parse(&text) {
                // One way to write each time but for zeros in front: days, hours, minutes and seconds have their limits.
                let (days, rest) = (left.as_secs() / 86_400, left.as_secs() % 86_400);
                let (hours, minutes) = (rest / 3600, rest / 60 % 60);
                let canonical = format!("{days}-{hours:02}:{minutes:02}:{:02}", rest % 60);
                assert_eq!(
                    TimeLeft::parse(&canonical),
                    Some(TimeLeft::Limited(left)),
                    "{text:?}"
                );
            }
            let variable = |name: &str| {
                match name {
                    // Without an end `squeue` would be asked.
                    "SLURM_JOB_END_TIME" => text.trim().parse::<i64>().ok().map(|end| end.max(1)),
                    _ => return Some(text.clone().into_owned()),
                }
                .map(|end| end.to_string())
            };
            let job = BatchJob::from_variables(variable);
            if let Some(job) = job.filter(|_| text.trim().parse::<i64>().is_ok()) {
                assert!(job.time_left(&clock).is_some() && !job.description().is_empty());
            }
        })
    },
};
