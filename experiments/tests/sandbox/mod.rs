//! A workspace of its own for each test, in which real experiments run as a user runs them.

#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod faults;
pub(crate) mod results;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use xp_clock::Clock;
use xp_test_support::{Process, Signal, files, files_with_extension};

pub(crate) const SEARCH: &str = env!("CARGO_BIN_EXE_hpo_2M_threshold_1pct_nasdaq");
pub(crate) const TRAINING: &str = env!("CARGO_BIN_EXE_train_2M_threshold_1pct_nasdaq");

/// Three seeds of a model that trains in seconds.
pub(crate) const SMALL_TRAINING: &str = env!("CARGO_BIN_EXE_train_20K_threshold_3pct_simulated");

pub(crate) struct Sandbox {
    pub(crate) folder: tempfile::TempDir,
}

impl Sandbox {
    /// A workspace with the shipped data and configuration.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        xp_test_support::copy_workspace(folder.path()).unwrap();
        let sandbox = Self { folder };
        sandbox.set_clock(0);
        sandbox
    }

    /// One whose data is built, as that of another one is.
    pub(crate) fn with_data_of(other: &Self) -> Self {
        let sandbox = Self::new();
        let folder = "data/processed";
        for path in files(&other.path(folder)) {
            let to = sandbox.path(folder).join(path.file_name().unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(path, to).unwrap();
        }
        sandbox
    }

    /// Sets the time of all processes in the sandbox, seconds since each one's start. It stands still until it is set again, so that nothing
    /// depends on the machine's speed: no limit of time is reached and no process is slow unless a test says so.
    pub(crate) fn set_clock(&self, seconds: u32) {
        let next = self.path("clock.next");
        fs::write(&next, format!("xp test clock {seconds}")).unwrap();
        fs::rename(&next, self.path("clock")).unwrap();
    }

    /// One in which the search of the 2M budget has a result that a training can borrow.
    pub(crate) fn with_best() -> Self {
        let sandbox = Self::new();
        sandbox.put_best(
            SEARCH,
            "2M",
            "128, \"n_layers\": 8, \"n_heads\": 4, \"d_ff\": 512",
            3e-4,
        );
        sandbox
    }

    /// What a finished search leaves; its hash is the binary's, taken from a dry run.
    pub(crate) fn put_best(&self, search: &str, budget: &str, shape: &str, learning_rate: f64) {
        let (_, printed) = self.run(search, &["--dry-run"]);
        let mut words = printed.split_whitespace();
        let experiment = words.next().unwrap();
        let hash = words.skip_while(|word| *word != "spec").nth(1).unwrap();
        let folder = self.path("outputs/hpo").join(experiment);
        fs::create_dir_all(&folder).unwrap();
        let best = format!(
            r#"{{"best_params": {{"architecture": {{"d_model": {shape}}}, "learning_rate": {learning_rate},
            "weight_decay": 0.001, "dropout": 0.2, "head_dropout": 0.0, "warmup": 0.05, "steps": 2000, "batch_size": 32,
            "clip_norm": 1.0}}, "best_value": 0.6, "val_loss": 0.6, "ended": 50, "declared": 50, "prior_entropy": 0.599,
            "spec_hash": "{hash}"}}"#
        );
        fs::write(folder.join(format!("{budget}_best.json")), best).unwrap();
    }

    /// Files of the trials that have ended.
    pub(crate) fn trials(&self) -> Vec<PathBuf> {
        files(&self.path("outputs/hpo"))
            .into_iter()
            .filter(|path| {
                path.parent()
                    .is_some_and(|folder| folder.ends_with("trials"))
            })
            .collect()
    }

    pub(crate) fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    pub(crate) fn command(&self, binary: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary);
        command.args(arguments).args(one_thread(binary, arguments));
        self.ready(&mut command);
        command
    }

    /// Lets a command see this workspace.
    pub(crate) fn ready(&self, command: &mut Command) {
        command
            .env("XP_WORKSPACE", self.folder.path())
            .env("XP_CLOCK_FILE", self.path("clock"))
            .env_remove("XP_THERMAL_FILE")
            .env_remove("MLFLOW_TRACKING_URI")
            .stdin(Stdio::null());
    }

    pub(crate) fn run(&self, binary: &str, arguments: &[&str]) -> (i32, String) {
        let output = self.command(binary, arguments).output().unwrap();
        (output.status.code().unwrap_or(-1), text(&output))
    }

    /// Rows of the log as maps of column to value.
    pub(crate) fn log(&self) -> Vec<HashMap<String, String>> {
        match csv::Reader::from_path(self.path("outputs/results/experiment_log.csv")) {
            Ok(mut reader) => reader.deserialize().collect::<Result<_, _>>().unwrap(),
            Err(_) => Vec::new(),
        }
    }

    /// How often the runs have printed something so far.
    pub(crate) fn logged(&self, what: &str) -> usize {
        self.logs().matches(what).count()
    }

    /// All that the runs have printed so far, as their logs keep it.
    pub(crate) fn logs(&self) -> String {
        let mut printed = String::new();
        for path in files(&self.path("outputs/logs")) {
            printed.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
        printed
    }
}

/// Threads of libtorch wait for each other hundreds of times in a batch: on a machine that is busy elsewhere two of them take
/// hundreds of times longer than one. And one trial at a time, so that tests know which one runs.
fn one_thread(binary: &str, arguments: &[&str]) -> Vec<&'static str> {
    let mut added = Vec::new();
    if !arguments.contains(&"--threads") {
        added.extend(["--threads", "1"]);
    }
    let is_search = [&[binary], arguments]
        .concat()
        .iter()
        .any(|word| word.contains("/hpo_"));
    if is_search && !arguments.contains(&"--jobs") {
        added.extend(["--jobs", "1"]);
    }
    added
}

pub(crate) fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Does something while a process stands still, for longer than it waits between two readings of a sensor: whatever it did in between, it
/// reads the sensor before it goes on.
pub(crate) fn while_stopped(process: &Process, change: impl FnOnce()) {
    process.signal(Signal::Stop);
    change();
    Clock::system().sleep(Duration::from_millis(1200));
    process.signal(Signal::Continue);
}

/// What a run must not leave behind.
pub(crate) fn leftovers(folder: &Path) -> Vec<PathBuf> {
    files_with_extension(folder, &["tmp", "torn"])
}

/// The best trial of a best file stands beside the class prior of train and the regression of the signal check on the same samples, and its
/// record has the flag where it does not beat the class prior (F48).
pub(crate) fn is_beside_its_references(best: &serde_json::Value, record: &serde_json::Value) {
    assert_eq!(record["signal"]["n"], 751);
    let value = best["best_value"].as_f64().unwrap();
    for reference in best["references"].as_array().unwrap() {
        let difference = reference["difference"]["value"].as_f64().unwrap();
        let theirs = reference["value"].as_f64().unwrap();
        assert!((value - theirs - difference).abs() < 1e-6, "{reference}");
    }
    let prior = &best["references"][0];
    assert_eq!(prior["name"], "class prior");
    assert_eq!(prior["value"], record["signal"]["prior_loss"]);
    let high = prior["difference"]["interval"][1].as_f64().unwrap();
    assert_eq!(best["beats_prior"], high < 0.0);
    let flags = record["flags"].as_array();
    let flagged = flags.is_some_and(|flags| flags.contains(&"prior_not_beaten".into()));
    assert_eq!(flagged, high >= 0.0);
}

/// The first file below a folder whose name ends so.
pub(crate) fn walk(folder: &Path, end: &str) -> PathBuf {
    let mut files = files(folder).into_iter();
    files
        .find(|path| path.to_string_lossy().ends_with(end))
        .unwrap_or_else(|| panic!("no file ends in {end}"))
}
