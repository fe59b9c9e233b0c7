//! Worker processes of a search: whatever happens to one is its trial's state, and nobody is left behind. No test depends on
//! how fast the machine is: trials that must not end by themselves are given more epochs than anybody waits for, and what a
//! worker does is read from what its search says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use place::{Place, SEARCH};

/// Longer than anything here takes on a busy machine, shorter than trials that are never stopped.
const PATIENCE: Duration = Duration::from_secs(600);

fn start(place: &Place, arguments: &[&str]) -> Search {
    let mut child = place
        .command(SEARCH, arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = Arc::new(Mutex::new(String::new()));
    let readers = vec![
        keep(child.stdout.take().unwrap(), &said),
        keep(child.stderr.take().unwrap(), &said),
    ];
    Search {
        child,
        said,
        readers,
    }
}

/// State of each trial, by its file.
fn states(place: &Place) -> Vec<String> {
    let state = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        let after = text.split("\"state\": \"").nth(1).unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    place.trials().iter().map(state).collect()
}

/// A search that runs.
struct Search {
    child: Child,
    said: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Search {
    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Processes of the first trials that it starts, once there are so many.
    fn workers(&self, count: usize) -> Vec<u32> {
        let started = || -> Vec<u32> {
            let said = self.said();
            let pid = |line: &str| line.split_once(": started in process ")?.1.parse().ok();
            said.lines().filter_map(pid).collect()
        };
        wait_for(
            &format!("{count} started trials"),
            || started().len() >= count,
            || self.said(),
        );
        started()
    }

    fn end(mut self) -> (i32, String) {
        let status = self.child.wait().unwrap();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        (status.code().unwrap_or(-1), self.said())
    }
}

fn keep(pipe: impl Read + Send + 'static, said: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let said = Arc::clone(said);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            *said.lock().unwrap() += &(line + "\n");
        }
    })
}

/// Whether a process exists and does not only wait to be waited for.
fn alive(pid: u32) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    stat.is_ok_and(|text| {
        text.rsplit_once(") ")
            .is_some_and(|(_, rest)| !rest.starts_with('Z'))
    })
}

fn wait_for(what: &str, condition: impl Fn() -> bool, said: impl Fn() -> String) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(
            Instant::now() < deadline,
            "waited in vain for {what}: {}",
            said()
        );
        thread::sleep(Duration::from_millis(20));
    }
}

fn signal(name: &str, pid: u32) {
    let pid = pid.to_string();
    let status = Command::new("kill").args([name, &pid]).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_killed_worker_is_replaced_and_its_trial_goes_on() {
    let place = Place::new();
    let search = start(
        &place,
        &["--trials", "2", "--max-epochs", "2", "--jobs", "2"],
    );
    signal("-KILL", search.workers(1)[0]);
    let (code, said) = search.end();
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("interrupted (somebody ended its worker: signal 9 (SIGKILL))"),
        "{said}"
    );
    assert_eq!(said.matches(": started in process ").count(), 3, "{said}");
    assert_eq!(states(&place), ["complete", "complete"], "{said}");
}

/// What a trial came to, without what depends on the machine's speed.
fn result(place: &Place) -> serde_json::Value {
    let text = fs::read(&place.trials()[0]).unwrap();
    let mut trial: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let attributes = trial["attributes"].as_object_mut().unwrap();
    for timed in ["duration_seconds", "samples_per_second", "flags"] {
        attributes.remove(timed);
    }
    for point in attributes["curve"].as_array_mut().unwrap() {
        point.as_object_mut().unwrap().remove("samples_per_second");
    }
    trial
}

/// Cut off after its first epoch, a trial goes on from there to the same numbers; where its checkpoint is no good it starts anew, to the
/// same numbers too.
#[test]
fn a_trial_goes_on_from_its_checkpoint_or_begins_anew() {
    let arguments = ["--trials", "1", "--max-epochs", "2"];
    let undisturbed = Place::new();
    let (code, said) = undisturbed.run(SEARCH, &arguments);
    assert_eq!(code, 0, "{said}");
    for spoiled in [false, true] {
        let place = Place::new();
        let search = start(&place, &arguments);
        let checkpoint = || {
            let mut files = place::files(&place.path("outputs/hpo")).into_iter();
            files.find(|file| file.ends_with("trial_0000/checkpoint.json"))
        };
        wait_for("a checkpoint", || checkpoint().is_some(), || search.said());
        signal("-KILL", search.child.id());
        search.end();
        if spoiled {
            fs::write(checkpoint().unwrap(), "{}").unwrap();
        }
        let (code, said) = place.run(SEARCH, &arguments);
        assert_eq!(code, 0, "{said}");
        let expected = if spoiled {
            "was put aside, it starts anew"
        } else {
            "trial 0: resumed after 1 epochs"
        };
        assert!(said.contains(expected), "{said}");
        assert_eq!(result(&place), result(&undisturbed), "{said}");
    }
}

#[test]
fn a_slow_worker_changes_no_trial() {
    let search = |slow: usize| -> Vec<String> {
        let place = Place::new();
        let search = start(
            &place,
            &[
                "--trials",
                "8",
                "--max-epochs",
                "1",
                "--max-steps",
                "3",
                "--jobs",
                "2",
            ],
        );
        let pid = search.workers(2)[slow];
        signal("-STOP", pid);
        // The other one goes on until it would have to know what the slow one finds.
        wait_for(
            "three trials",
            || search.said().matches(": complete").count() >= 3,
            || search.said(),
        );
        signal("-CONT", pid);
        let (code, said) = search.end();
        assert_eq!(code, 0, "{said}");
        let trial = |path: &PathBuf| -> String {
            let trial: serde_json::Value =
                serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            format!("{} {} {}", trial["params"], trial["state"], trial["value"])
        };
        place.trials().iter().map(trial).collect()
    };
    let first = search(0);
    assert_eq!(first.len(), 8);
    assert_eq!(search(1), first);
}

#[test]
fn a_hung_trial_ends_as_timed_out_and_the_search_goes_on() {
    let place = Place::new();
    let search = start(
        &place,
        &["--trials", "2", "--max-epochs", "1", "--hung-after", "10s"],
    );
    signal("-STOP", search.workers(1)[0]);
    let (code, said) = search.end();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("it hung: no sign of life"), "{said}");
    assert_eq!(states(&place), ["timed_out", "complete"], "{said}");
}

#[test]
fn a_limit_of_time_ends_its_trials_only() {
    let place = Place::new();
    let (code, said) = place.run(
        SEARCH,
        &[
            "--trials",
            "2",
            "--max-epochs",
            "40",
            "--trial-timeout",
            "1s",
        ],
    );
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("no trial completed (2 timed_out)"), "{said}");
    assert_eq!(states(&place), ["timed_out", "timed_out"]);
}

#[test]
fn a_limit_of_memory_ends_its_trials_only_and_is_refused_where_no_trial_fits() {
    let place = Place::new();
    let search = start(&place, &["--trials", "1", "--max-epochs", "1"]);
    let pid = search.workers(1)[0];
    let loaded = resident(pid).unwrap();
    let mut most = loaded;
    while let Some(now) = resident(pid) {
        most = most.max(now);
        thread::sleep(Duration::from_millis(5));
    }
    let (code, said) = search.end();
    assert_eq!(code, 0, "{said}");
    assert!(most > loaded + 20, "{loaded} MiB, then {most} MiB");
    let expected_states = ["complete", "out_of_memory", "out_of_memory"];
    for (trials, limit, expected, message) in [
        (
            "3",
            u64::midpoint(loaded, most),
            0,
            "out_of_memory (it used",
        ),
        // The study is left as it was: no point of it counts as infeasible.
        ("4", loaded / 2, 1, "before its first trial and may use"),
    ] {
        let limit = format!("{limit}MiB");
        let arguments = [
            "--trials",
            trials,
            "--max-epochs",
            "1",
            "--trial-memory",
            &limit,
        ];
        let (code, said) = place.run(SEARCH, &arguments);
        assert_eq!(code, expected, "{said}");
        assert!(said.contains(message), "{said}");
        assert_eq!(states(&place), expected_states, "{said}");
    }
}

/// Resident memory, MiB; absent once a process has ended.
fn resident(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

#[test]
fn ctrl_c_and_sigterm_end_every_worker_and_keep_their_trials() {
    let place = Place::new();
    for name in ["-INT", "-TERM"] {
        let search = start(
            &place,
            &["--trials", "4", "--max-epochs", "40", "--jobs", "2"],
        );
        let workers = search.workers(2);
        signal(name, search.child.id());
        let (code, said) = search.end();
        assert_eq!(code, 130, "{said}");
        assert!(!workers.iter().any(|pid| alive(*pid)), "{said}");
    }
    assert_eq!(states(&place), ["interrupted", "interrupted"]);
}

#[test]
fn no_worker_outlives_a_killed_search() {
    let place = Place::new();
    let arguments = ["--trials", "2", "--max-epochs", "40", "--jobs", "2"];
    let search = start(&place, &arguments);
    let workers = search.workers(2);
    signal("-KILL", search.child.id());
    search.end();
    wait_for(
        "the end of all workers",
        || !workers.iter().any(|pid| alive(*pid)),
        || format!("{workers:?}"),
    );
    let (code, said) = place.run(SEARCH, &[&arguments[..], &["--timeout", "1s"]].concat());
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("0 of 2 trials had ended, 2 were cut off"),
        "{said}"
    );
}
