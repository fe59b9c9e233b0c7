//! Jobs of the queue, as `squeue --json` answers.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::lenient::{number, text, texts};

/// A job, or the tasks of an array that wait together.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Job {
    #[serde(deserialize_with = "number")]
    job_id: Option<u64>,
    #[serde(deserialize_with = "number")]
    array_job_id: Option<u64>,
    #[serde(deserialize_with = "number")]
    array_task_id: Option<u64>,
    #[serde(deserialize_with = "text")]
    array_task_string: Option<String>,
    #[serde(deserialize_with = "text")]
    name: Option<String>,
    #[serde(rename = "job_state", deserialize_with = "texts")]
    states: Vec<String>,
    #[serde(deserialize_with = "text")]
    state_reason: Option<String>,
    /// Where it runs or ran.
    #[serde(deserialize_with = "text")]
    pub nodes: Option<String>,
    /// How often it was requeued.
    #[serde(rename = "restart_cnt", deserialize_with = "number")]
    pub restarts: Option<u64>,
    #[serde(deserialize_with = "number")]
    user_id: Option<u64>,
    #[serde(rename = "current_working_directory", deserialize_with = "text")]
    folder: Option<String>,
}

/// States that a job leaves only by being requeued, which gives it another.
const FINAL: [&str; 11] = [
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "REVOKED",
    "SPECIAL_EXIT",
    "TIMEOUT",
];

impl Job {
    /// Name of the job, which is that of its experiment.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Number of the whole job: that of its array, where it is of one.
    pub fn whole(&self) -> Option<u64> {
        self.array_job_id.filter(|id| *id != 0).or(self.job_id)
    }

    /// As Slurm writes it: `17_3`, or `17_[4-16]` for tasks that wait together.
    pub fn id(&self) -> String {
        let Some(whole) = self.whole() else {
            return "?".to_owned();
        };
        match (self.array_task_id, &self.array_task_string) {
            _ if self.array_job_id.is_none_or(|id| id == 0) => whole.to_string(),
            (Some(task), _) => format!("{whole}_{task}"),
            (None, Some(tasks)) => format!("{whole}_[{tasks}]"),
            (None, None) => whole.to_string(),
        }
    }

    /// How many tasks it stands for: `4-16` and `1,3-5%2` are those of an array that wait together.
    pub fn tasks(&self) -> u64 {
        let tasks = match (&self.array_task_string, self.array_task_id) {
            (Some(tasks), None) => tasks.split('%').next().unwrap_or_default(),
            _ => return 1,
        };
        let count = |range: &str| match range.split_once('-') {
            Some((first, last)) => {
                let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
                Some(last.saturating_sub(first).saturating_add(1))
            }
            None => Some(1),
        };
        let counts = tasks.split(',').filter_map(count);
        counts.fold(0, u64::saturating_add).max(1)
    }

    /// State in capitals, such as RUNNING.
    pub fn state(&self) -> &str {
        self.states.first().map_or("UNKNOWN", String::as_str)
    }

    /// Whether it runs now.
    pub fn is_running(&self) -> bool {
        self.states.iter().any(|state| state == "RUNNING")
    }

    /// Whether it waits, runs, or is about to end; ended jobs are in the queue for some minutes.
    pub fn is_live(&self) -> bool {
        !self
            .states
            .iter()
            .any(|state| FINAL.contains(&state.as_str()))
    }

    /// Why it waits.
    pub fn reason(&self) -> Option<&str> {
        self.state_reason
            .as_deref()
            .filter(|reason| *reason != "None")
    }

    /// Whether a user has submitted it in a folder.
    pub fn is_of(&self, user: u64, root: &Path) -> bool {
        let folder = self.folder.as_deref().map(Path::new);
        // Without a user the answer is of `--me` alone.
        self.user_id.is_none_or(|id| id == user) && folder == Some(root)
    }
}

/// The jobs of an answer of `squeue --json`; one that cannot be understood hides no other. Without an option for it, and in older versions
/// with `--me`, the answer is about everybody's: [`Job::is_of`] tells.
pub fn parse_queue(text: &str) -> Result<Vec<Job>, String> {
    #[derive(Deserialize)]
    struct Answer {
        jobs: Vec<Value>,
    }
    let answer: Answer = serde_json::from_str(text).map_err(|cause| {
        format!(
            "the answer of `squeue --json` cannot be read: {cause}; `squeue --me` shows the jobs"
        )
    })?;
    let jobs = answer.jobs.into_iter();
    Ok(jobs
        .filter_map(|job| serde_json::from_value(job).ok())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_forms_mean_the_same() {
        let text = r#"{"meta": {}, "jobs": [
            {"job_id": 4, "array_job_id": 17, "array_task_id": 3, "array_task_string": "", "name": "hpo", "job_state": "RUNNING",
             "state_reason": "None", "nodes": "n1", "restart_cnt": 1, "user_id": 7, "current_working_directory": "/w"},
            {"job_id": {"set": true, "infinite": false, "number": 4}, "array_job_id": {"set": true, "infinite": false, "number": 17},
             "array_task_id": {"set": true, "infinite": false, "number": 3}, "name": "hpo", "job_state": ["RUNNING"],
             "state_reason": "None", "nodes": "n1", "restart_cnt": 1, "user_id": 7, "current_working_directory": "/w"},
            {"job_id": 17, "array_job_id": 17, "array_task_id": {"set": false, "infinite": false, "number": 0}, "array_task_string": "4-16%2",
             "name": "hpo", "job_state": ["PENDING"], "state_reason": "Resources", "user_id": 8, "current_working_directory": "/w"},
            {"job_id": 5, "array_job_id": 0, "array_task_id": null, "name": ["x"], "job_state": ["COMPLETED", "COMPLETING"]},
            {"job_id": -1, "array_job_id": "a", "array_task_id": [], "name": 7, "job_state": {}, "nodes": null},
            {"job_id": 6, "job_state": [""]},
            7
        ]}"#;
        let jobs = parse_queue(text).unwrap();
        assert_eq!(jobs.len(), 6);
        assert_eq!((&jobs[0], jobs[0].id().as_str()), (&jobs[1], "17_3"));
        assert_eq!(
            (jobs[2].id().as_str(), jobs[2].reason()),
            ("17_[4-16%2]", Some("Resources"))
        );
        assert_eq!([2, 3].map(|job| jobs[job].tasks()), [13, 1]);
        assert_eq!((jobs[3].id().as_str(), jobs[3].is_live()), ("5", false));
        assert_eq!((jobs[4].id().as_str(), jobs[4].state()), ("?", "UNKNOWN"));
        assert_eq!(jobs[5].state(), "UNKNOWN");
        let of = |user| {
            jobs.iter()
                .filter(|job| job.is_of(user, Path::new("/w")))
                .count()
        };
        assert_eq!((of(7), of(8), of(9)), (2, 1, 0));
        assert!(jobs.iter().all(|job| !job.is_of(7, Path::new("/w2"))));
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        for text in [
            "",
            "{}",
            "[]",
            "{\"jobs\": 1}",
            "slurm_load_jobs error",
            "{\"jobs\": [[",
        ] {
            let said = parse_queue(text).unwrap_err();
            assert!(said.contains("squeue --me"), "{said}");
        }
    }
}
