//! Worker processes of a search: whatever happens to one is its trial's state, and nobody is left behind.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const SEARCH: &str = env!("CARGO_BIN_EXE_hpo_2M_threshold_1pct");

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        xp_test_workspace::copy_workspace(folder.path()).unwrap();
        Self { folder }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new(SEARCH)
            .args(arguments)
            .env("XP_WORKSPACE", self.folder.path())
            .env_remove("XP_THERMAL_FILE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Exit code and everything that was said.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        end(self.start(arguments))
    }

    /// State of each trial, by its file.
    fn states(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> = Vec::new();
        for study in fs::read_dir(self.folder.path().join("outputs/hpo")).unwrap() {
            if let Ok(trials) = fs::read_dir(study.unwrap().path().join("trials")) {
                files.extend(trials.map(|trial| trial.unwrap().path()));
            }
        }
        files.sort();
        let state = |file: &PathBuf| {
            let text = fs::read_to_string(file).unwrap();
            let after = text.split("\"state\": \"").nth(1).unwrap();
            after.split('"').next().unwrap().to_owned()
        };
        files.iter().map(state).collect()
    }
}

fn end(child: Child) -> (i32, String) {
    let output = child.wait_with_output().unwrap();
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    (output.status.code().unwrap_or(-1), said.concat())
}

/// Living children of a process, without those that only wait to be waited for.
fn children(pid: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let number = entry.file_name().to_string_lossy().parse();
        if let (Ok(child), Some(fields)) = (number, stat(&entry.path()))
            && fields.1 == pid
            && fields.0 != "Z"
        {
            found.push(child);
        }
    }
    found
}

/// State and parent of a process.
fn stat(process: &Path) -> Option<(String, u32)> {
    let text = fs::read_to_string(process.join("stat")).ok()?;
    let mut fields = text.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

fn alive(pid: u32) -> bool {
    stat(Path::new(&format!("/proc/{pid}"))).is_some_and(|(state, _)| state != "Z")
}

fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until this many workers compute, which they do longer than they load.
fn wait_for_workers(pid: u32, count: usize) -> Vec<u32> {
    let busy = |pid: &u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = text.rsplit_once(") ").map(|(_, rest)| rest.to_owned());
        let ticks = fields.and_then(|rest| rest.split(' ').nth(11)?.parse::<u64>().ok());
        ticks.is_some_and(|ticks| ticks > 600)
    };
    wait_for("busy workers", || {
        children(pid).iter().filter(|pid| busy(pid)).count() >= count
    });
    children(pid)
}

fn signal(name: &str, pid: u32) {
    let pid = pid.to_string();
    let status = Command::new("kill").args([name, &pid]).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_killed_worker_is_replaced_and_its_trial_goes_on() {
    let place = Place::new();
    let child = place.start(&["--trials", "2", "--max-epochs", "4", "--jobs", "2"]);
    let workers = wait_for_workers(child.id(), 2);
    signal("-KILL", workers[0]);
    let (code, said) = end(child);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("interrupted (somebody ended its worker: signal 9 (SIGKILL))"),
        "{said}"
    );
    assert_eq!(place.states(), ["complete", "complete"], "{said}");
}

#[test]
fn a_hung_trial_ends_as_timed_out_and_the_search_goes_on() {
    let place = Place::new();
    let child = place.start(&["--trials", "2", "--max-epochs", "4", "--hung-after", "3s"]);
    signal("-STOP", wait_for_workers(child.id(), 1)[0]);
    let (code, said) = end(child);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("it hung: no sign of life"), "{said}");
    assert_eq!(place.states(), ["timed_out", "complete"], "{said}");
}

#[test]
fn limits_of_time_and_memory_end_their_trials_only() {
    for (arguments, state) in [
        (["--trial-timeout", "1s"], "timed_out"),
        (["--trial-memory", "50MiB"], "out_of_memory"),
    ] {
        let place = Place::new();
        let (code, said) =
            place.run(&[&["--trials", "2", "--max-epochs", "9"], &arguments[..]].concat());
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains(&format!("no trial completed (2 {state})")),
            "{said}"
        );
        assert_eq!(place.states(), [state, state]);
    }
}

#[test]
fn ctrl_c_and_sigterm_stop_every_worker_within_two_seconds() {
    let place = Place::new();
    for name in ["-INT", "-TERM"] {
        let child = place.start(&["--trials", "4", "--max-epochs", "9", "--jobs", "2"]);
        let workers = wait_for_workers(child.id(), 2);
        let since = Instant::now();
        signal(name, child.id());
        let (code, said) = end(child);
        let took = since.elapsed();
        assert_eq!(code, 130, "{said}");
        // Two seconds, and what a busy machine adds.
        assert!(took < Duration::from_secs(4), "{took:?}");
        assert!(!workers.iter().any(|pid| alive(*pid)), "{said}");
    }
    assert_eq!(place.states(), ["interrupted", "interrupted"]);
}

#[test]
fn no_worker_outlives_a_killed_search() {
    let place = Place::new();
    let mut child = place.start(&["--trials", "2", "--max-epochs", "9", "--jobs", "2"]);
    let workers = wait_for_workers(child.id(), 2);
    child.kill().unwrap();
    child.wait().unwrap();
    wait_for("the end of all workers", || {
        !workers.iter().any(|pid| alive(*pid))
    });
    let (code, said) = place.run(&["--trials", "2", "--max-epochs", "9", "--timeout", "1s"]);
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("0 of 2 trials had ended, 2 were cut off"),
        "{said}"
    );
}
