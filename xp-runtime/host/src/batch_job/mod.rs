//! The job of a batch system that this process runs in: Slurm's, from its environment. It submits, changes and cancels nothing.

mod squeue;
mod time_left;

use std::time::Duration;

use xp_clock::Clock;

pub use time_left::TimeLeft;

/// A job of Slurm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchJob {
    job: String,
    /// Its array and its place there.
    array: Option<(String, String)>,
    /// How often it was requeued; absent where Slurm does not say, as in the first run.
    pub restart_count: Option<u32>,
    /// The node that it runs on.
    pub node: Option<String>,
    /// The cluster.
    pub cluster: Option<String>,
    /// The partition.
    pub partition: Option<String>,
    /// When its time is over, Unix seconds; newer versions of Slurm say it in the environment.
    end_time: Option<i64>,
}

impl BatchJob {
    /// That of this process; absent outside of a job.
    pub fn current() -> Option<Self> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// That of these environment variables.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let text = |name| variable(name).filter(|value| !value.is_empty());
        Some(Self {
            job: text("SLURM_JOB_ID")?,
            array: text("SLURM_ARRAY_JOB_ID").zip(text("SLURM_ARRAY_TASK_ID")),
            restart_count: text("SLURM_RESTART_COUNT").and_then(|count| count.parse().ok()),
            node: text("SLURMD_NODENAME"),
            cluster: text("SLURM_CLUSTER_NAME"),
            partition: text("SLURM_JOB_PARTITION"),
            end_time: text("SLURM_JOB_END_TIME")
                .and_then(|seconds| seconds.parse().ok())
                .filter(|seconds| *seconds > 0),
        })
    }

    /// Its id as `squeue` shows it: `17_3` in an array, else `17`. Each task of an array also has an id of its own, and that of one of them
    /// is the array's, so that only this form names one job.
    pub fn id(&self) -> String {
        self.array.as_ref().map_or_else(
            || self.job.clone(),
            |(array, task)| format!("{array}_{task}"),
        )
    }

    /// What is left of its time; absent where neither the environment nor `squeue` says so. It waits for `squeue` for some seconds at most.
    pub fn time_left(&self, clock: &Clock) -> Option<TimeLeft> {
        match self.end_time {
            Some(end) => {
                let left = end.saturating_sub(clock.utc().timestamp());
                let left = u64::try_from(left).unwrap_or(0);
                Some(TimeLeft::Limited(Duration::from_secs(left)))
            }
            None => TimeLeft::parse(&squeue::ask(&self.id(), "%L", clock)?),
        }
    }

    /// Its limit of time as messages name it.
    pub fn limit_name(&self) -> String {
        format!("the time limit of Slurm job {}", self.id())
    }

    /// What it is, in two lines for people: the job, and where it runs.
    pub fn description(&self) -> String {
        let restarts = match self.restart_count {
            None | Some(0) => String::new(),
            Some(1) => ", requeued once".to_owned(),
            Some(count) => format!(", requeued {count} times"),
        };
        let place: Vec<String> = [
            ("node", &self.node),
            ("partition", &self.partition),
            ("cluster", &self.cluster),
        ]
        .into_iter()
        .filter_map(|(what, name)| Some(format!("{what} {}", name.as_ref()?)))
        .collect();
        let first = format!("Slurm job {}{restarts}", self.id());
        if place.is_empty() {
            first
        } else {
            format!("{first}\n{}", place.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a task of an array has in Slurm 22.05 after a requeue, among much else.
    const TASK: [(&str, &str); 8] = [
        ("SLURMD_NODENAME", "n1"),
        ("SLURM_ARRAY_JOB_ID", "17"),
        ("SLURM_ARRAY_TASK_ID", "3"),
        ("SLURM_CLUSTER_NAME", "local"),
        ("SLURM_JOBID", "20"),
        ("SLURM_JOB_ID", "20"),
        ("SLURM_JOB_PARTITION", "main"),
        ("SLURM_RESTART_COUNT", "2"),
    ];

    fn job(variables: &[(&str, &str)]) -> Option<BatchJob> {
        BatchJob::from_variables(|name| {
            let mut variables = variables.iter();
            let found = variables.find(|variable| variable.0 == name)?;
            Some(found.1.to_owned())
        })
    }

    #[test]
    fn the_environment_tells_the_job() {
        let task = job(&TASK).unwrap();
        assert_eq!((task.id().as_str(), task.restart_count), ("17_3", Some(2)));
        assert_eq!(
            task.description(),
            "Slurm job 17_3, requeued 2 times\nnode n1, partition main, cluster local"
        );
        let plain = job(&[("SLURM_JOB_ID", "17"), ("SLURM_RESTART_COUNT", "many")]).unwrap();
        assert_eq!((plain.id().as_str(), plain.restart_count), ("17", None));
        assert_eq!(plain.description(), "Slurm job 17");
        assert_eq!(plain.limit_name(), "the time limit of Slurm job 17");
        for outside in [&[][..], &[("SLURM_JOB_ID", "")], &[("SLURM_CONF", "/a")]] {
            assert_eq!(job(outside), None);
        }
    }

    #[test]
    fn the_end_that_the_environment_tells_needs_no_squeue() {
        let clock = Clock::manual();
        let left = |end: &str| {
            let variables = [("SLURM_JOB_ID", "17"), ("SLURM_JOB_END_TIME", end)];
            job(&variables).unwrap().time_left(&clock)
        };
        let start = clock.utc().timestamp();
        let limited = |seconds| Some(TimeLeft::Limited(Duration::from_secs(seconds)));
        assert_eq!(left(&(start + 600).to_string()), limited(600));
        clock.advance(Duration::from_secs(601));
        assert_eq!(left(&(start + 600).to_string()), limited(0));
    }
}
