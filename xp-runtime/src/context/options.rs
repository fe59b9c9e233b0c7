//! What a run is asked for beyond its experiment. An option that changes a trial's result makes an effective hash and a folder of its own.

use std::path::PathBuf;

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser as _},
};
use serde_json::{Map, Value, json};
use xp_search::Journal;
use xp_spec::{
    duration::parse_timeout,
    experiment::{Experiment, Run},
    hash::effective_hash,
    study_url::check_study_url,
};

/// Options of one run.
#[derive(Debug, Clone, PartialEq, Args)]
pub(crate) struct Options {
    /// Trials of the search in all; extends the same study
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) trials: Option<u32>,
    /// Time for this run, such as 4h, 90m, 30s; the study stays the same
    #[arg(long, value_parser = seconds)]
    pub(crate) timeout: Option<u64>,
    /// Passes over the training samples at most, which limits the steps (overrides results: separate folder, row marked `overridden`)
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_epochs: Option<u32>,
    /// Optimizer steps at most, of the schedule as it is (overrides results)
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_steps: Option<u64>,
    /// Seed (overrides results)
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// cpu or cuda; the best available by default
    #[arg(long, value_parser = ["cpu", "cuda"])]
    pub(crate) device: Option<String>,
    /// Threads, in each worker of a search; by default the cores divided by the jobs, at most one for 8 samples of a batch of a
    /// small model
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Trials of a search that run at the same time, each in a process of its own; by default by the cores. The same jobs, seed
    /// and threads give the same trials, but for a study on a server
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Time for one trial, such as 30m; one that takes longer ends as timed_out
    #[arg(long, value_parser = seconds)]
    pub(crate) trial_timeout: Option<u64>,
    /// Memory for one trial, such as 6GiB; one that takes more ends as out_of_memory; by default a share of the free memory
    #[arg(long, value_parser = parse_bytes)]
    pub(crate) trial_memory: Option<u64>,
    /// Time without a heartbeat and without computing after which a trial's process is ended
    #[arg(long, default_value = "5m", value_parser = seconds)]
    pub(crate) hung_after: u64,
    /// Start a new study where the experiment has changed; the earlier one is kept beside it
    #[arg(long, conflicts_with = "continue_from")]
    pub(crate) new_study: bool,
    /// Start a new study with those trials of an earlier one that fit the changed search space: the folder of a search
    #[arg(long, value_name = "FOLDER")]
    pub(crate) continue_from: Option<PathBuf>,
    /// PostgreSQL database of the study, which several processes and machines may share: postgresql://user@host:5432/database. By default
    /// the environment variable XP_STUDY, or `study` in configs/cluster.yaml, or else a file in the search's folder
    #[arg(long, value_name = "URL", value_parser = study_url)]
    pub(crate) study_url: Option<String>,
    /// How the study's file is written: delete where it is on a shared file system that only this machine works on
    #[arg(long, value_name = "MODE", value_parser = PossibleValuesParser::new(["wal", "delete"]).map(|mode| journal(&mode)), default_value = "wal")]
    pub(crate) study_journal: Journal,
    /// Show the state of the search and what running it would do, and end
    #[arg(long)]
    pub(crate) study: bool,
    /// Print the state of the search as a line of JSON, and end
    #[arg(long, hide = true)]
    pub(crate) study_status: bool,
    /// Serve a search as its worker, with this many threads
    #[arg(long, hide = true)]
    pub(crate) worker: Option<u16>,
    /// Leave out what to run next: others follow
    #[arg(long, hide = true)]
    pub(crate) queued: bool,
    /// Check everything and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The journal of a mode that is one of them.
fn journal(mode: &str) -> Journal {
    match mode {
        "delete" => Journal::Delete,
        _ => Journal::Wal,
    }
}

/// An address that the list of processes may show.
fn study_url(text: &str) -> Result<String, String> {
    check_study_url(text).map(|()| text.to_owned())
}

/// Seconds of a text such as `4h`.
fn seconds(text: &str) -> Result<u64, String> {
    parse_timeout(text).map_err(|(what, how)| format!("{what}: {how}"))
}

/// Bytes of a text such as `6GiB`, `500MiB`.
fn parse_bytes(text: &str) -> Result<u64, &'static str> {
    let wrong = "expected a size such as 6GiB or 500MiB";
    let (digits, unit) = [("GiB", 1_u64 << 30), ("MiB", 1 << 20)]
        .into_iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))
        .ok_or(wrong)?;
    let count: u64 = digits.trim().parse().map_err(|_| wrong)?;
    count
        .checked_mul(unit)
        .filter(|bytes| *bytes > 0)
        .ok_or(wrong)
}

impl Options {
    /// The overrides that change results; empty for a comparable run.
    pub(crate) fn overrides(&self) -> Map<String, Value> {
        let mut map = Map::new();
        for (name, value) in [
            ("max_epochs", self.max_epochs.map(|value| json!(value))),
            ("max_steps", self.max_steps.map(|value| json!(value))),
            ("seed", self.seed.map(|value| json!(value))),
        ] {
            if let Some(value) = value {
                map.insert(name.to_owned(), value);
            }
        }
        map
    }

    /// Whether the run only tells what there is.
    pub(crate) fn only_looks(&self) -> bool {
        self.study || self.study_status
    }

    /// Hash of the experiment as it will run, and whether results are overridden.
    pub(crate) fn effective(&self, experiment: &Experiment, spec_hash: &str) -> (String, bool) {
        let overrides = self.overrides();
        if overrides.is_empty() {
            return (spec_hash.to_owned(), false);
        }
        (effective_hash(experiment, &Value::Object(overrides)), true)
    }

    /// The options that were given and that only a search has.
    fn of_searches(&self) -> Vec<&'static str> {
        [
            ("--trials", self.trials.is_some()),
            ("--timeout", self.timeout.is_some()),
            ("--jobs", self.jobs.is_some()),
            ("--trial-timeout", self.trial_timeout.is_some()),
            ("--trial-memory", self.trial_memory.is_some()),
            ("--new-study", self.new_study),
            ("--continue-from", self.continue_from.is_some()),
            ("--study-url", self.study_url.is_some()),
            ("--study-journal", self.study_journal != Journal::Wal),
            ("--study", self.study),
            ("--study-status", self.study_status),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect()
    }

    /// Writes trials, timeout and seed into the experiment; the error names an option that it cannot use.
    pub(crate) fn apply(&self, experiment: &mut Experiment) -> Result<(), String> {
        match &mut experiment.run {
            Run::Hpo(hpo) => {
                hpo.trials = self.trials.unwrap_or(hpo.trials);
                hpo.timeout_seconds = self.timeout.unwrap_or(hpo.timeout_seconds);
                hpo.seed = self.seed.unwrap_or(hpo.seed);
            }
            Run::Train(train) => {
                let given = self.of_searches();
                if !given.is_empty() {
                    return Err(format!(
                        "{}: only a search has that; a training has seeds and steps (--max-epochs, --max-steps), and `cargo xp list --status` shows which seeds have finished",
                        given.join(", ")
                    ));
                }
                if let Some(seed) = self.seed {
                    train.seeds = vec![seed];
                }
            }
        }
        Ok(())
    }
}
