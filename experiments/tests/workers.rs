//! Worker processes of a search: whatever happens to one is its trial's state, and nobody is left behind. No test depends on
//! how fast the machine is: trials that must not end by themselves are given more steps than anybody waits for, and what a
//! worker does is read from what its search says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::{fs, path::PathBuf};

use sandbox::{SEARCH, Sandbox};
use xp_test_support::{Process, Signal, files, is_running, resident_memory, signal, wait_until};

fn start(sandbox: &Sandbox, arguments: &[&str]) -> Process {
    Process::recorded(&mut sandbox.command(SEARCH, arguments))
}

/// Processes of the first trials that a search starts, once there are so many.
fn workers(search: &Process, count: usize) -> Vec<u32> {
    let started = || -> Vec<u32> {
        let pid = |line: &str| line.split_once(": started in process ")?.1.parse().ok();
        search.output().lines().filter_map(pid).collect()
    };
    search.wait_for(&format!("{count} started trials"), || {
        started().len() >= count
    });
    started()
}

/// State of each trial, by its file.
fn states(sandbox: &Sandbox) -> Vec<String> {
    let state = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        let after = text.split("\"state\": \"").nth(1).unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    sandbox.trials().iter().map(state).collect()
}

#[test]
fn a_killed_worker_is_replaced_and_its_trial_goes_on() {
    let sandbox = Sandbox::new();
    let search = start(
        &sandbox,
        &["--trials", "2", "--max-epochs", "2", "--jobs", "2"],
    );
    signal(workers(&search, 1)[0], Signal::Kill);
    let (code, printed) = search.finish();
    assert_eq!(code, 0, "{printed}");
    assert!(
        printed.contains("interrupted (its worker was killed from outside: signal 9 (SIGKILL))"),
        "{printed}"
    );
    assert_eq!(
        printed.matches(": started in process ").count(),
        3,
        "{printed}"
    );
    assert_eq!(states(&sandbox), ["complete", "complete"], "{printed}");
}

/// What a trial came to, without what depends on the machine's speed.
fn result(sandbox: &Sandbox) -> serde_json::Value {
    let text = fs::read(&sandbox.trials()[0]).unwrap();
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

/// Cut off after its first evaluation, a trial goes on from there to the same numbers; where its checkpoint is no good it starts anew, to the
/// same numbers too.
#[test]
fn a_trial_goes_on_from_its_checkpoint_or_begins_anew() {
    let arguments = ["--trials", "1", "--max-epochs", "2"];
    let undisturbed = Sandbox::new();
    let (code, printed) = undisturbed.run(SEARCH, &arguments);
    assert_eq!(code, 0, "{printed}");
    for spoiled in [false, true] {
        let sandbox = Sandbox::new();
        let search = start(&sandbox, &arguments);
        let checkpoint = || {
            let mut files = files(&sandbox.path("outputs/hpo")).into_iter();
            files.find(|file| file.ends_with("trial_0000/checkpoint.json"))
        };
        search.wait_for("a checkpoint", || checkpoint().is_some());
        search.kill();
        if spoiled {
            fs::write(checkpoint().unwrap(), "{}").unwrap();
        }
        let (code, printed) = sandbox.run(SEARCH, &arguments);
        assert_eq!(code, 0, "{printed}");
        let expected = if spoiled {
            "was moved aside, the trial restarts"
        } else {
            "trial 0: resumed at step "
        };
        assert!(printed.contains(expected), "{printed}");
        assert_eq!(result(&sandbox), result(&undisturbed), "{printed}");
    }
}

#[test]
fn a_slow_worker_changes_no_trial() {
    let search = |slow: usize| -> Vec<String> {
        let sandbox = Sandbox::new();
        let search = start(
            &sandbox,
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
        let pid = workers(&search, 2)[slow];
        signal(pid, Signal::Stop);
        // The other one goes on until it would have to know what the slow one finds.
        search.wait_for("three trials", || {
            search.output().matches(": complete").count() >= 3
        });
        signal(pid, Signal::Continue);
        let (code, printed) = search.finish();
        assert_eq!(code, 0, "{printed}");
        let trial = |path: &PathBuf| -> String {
            let trial: serde_json::Value =
                serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            format!("{} {} {}", trial["params"], trial["state"], trial["value"])
        };
        sandbox.trials().iter().map(trial).collect()
    };
    let first = search(0);
    assert_eq!(first.len(), 8);
    assert_eq!(search(1), first);
}

#[test]
fn a_hung_trial_ends_as_timed_out_and_the_search_goes_on() {
    let sandbox = Sandbox::new();
    let search = start(
        &sandbox,
        &["--trials", "2", "--max-epochs", "3", "--hung-after", "10s"],
    );
    signal(workers(&search, 1)[0], Signal::Stop);
    sandbox.set_clock(11);
    let (code, printed) = search.finish();
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("it hung: no heartbeat"), "{printed}");
    assert_eq!(states(&sandbox), ["timed_out", "complete"], "{printed}");
}

#[test]
fn a_limit_of_time_ends_its_trials_only() {
    let sandbox = Sandbox::new();
    let search = start(
        &sandbox,
        &[
            "--trials",
            "2",
            "--max-epochs",
            "40",
            "--trial-timeout",
            "1s",
        ],
    );
    for (trials, seconds) in [(1, 2), (2, 4)] {
        workers(&search, trials);
        sandbox.set_clock(seconds);
    }
    let (code, printed) = search.finish();
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains("no trial completed (2 timed_out)"),
        "{printed}"
    );
    assert_eq!(states(&sandbox), ["timed_out", "timed_out"]);
}

#[test]
fn a_limit_of_memory_ends_its_trials_only_and_is_refused_where_no_trial_fits() {
    let sandbox = Sandbox::new();
    let search = start(&sandbox, &["--trials", "1", "--max-epochs", "1"]);
    let pid = workers(&search, 1)[0];
    let loaded = resident(pid).unwrap();
    let mut most = loaded;
    let is_over = || {
        let now = resident(pid);
        most = most.max(now.unwrap_or_default());
        now.is_none()
    };
    search.wait_for("the end of the worker", is_over);
    let (code, printed) = search.finish();
    assert_eq!(code, 0, "{printed}");
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
        // Memory is measured twice a second, of the system's clock.
        let mut command = sandbox.command(SEARCH, &arguments);
        let search = Process::recorded(command.env_remove("XP_CLOCK_FILE"));
        let (code, printed) = search.finish();
        assert_eq!(code, expected, "{printed}");
        assert!(printed.contains(message), "{printed}");
        assert_eq!(states(&sandbox), expected_states, "{printed}");
    }
}

/// Resident memory, MiB; absent once a process has ended.
fn resident(pid: u32) -> Option<u64> {
    Some(resident_memory(pid)? >> 20)
}

#[test]
fn signals_end_every_worker_and_keep_their_trials() {
    let sandbox = Sandbox::new();
    for wanted in [
        Signal::Interrupt,
        Signal::Terminate,
        Signal::User,
        Signal::SecondUser,
    ] {
        let search = start(
            &sandbox,
            &["--trials", "4", "--max-epochs", "40", "--jobs", "2"],
        );
        let workers = workers(&search, 2);
        let started = || search.output().matches("started in process").count();
        search.wait_for("both trials", || started() == 2);
        if wanted != Signal::Interrupt {
            // Batch systems signal all processes of a job, and repeat it: a worker waits for its search all the same.
            // Slurm sends SIGCONT before.
            search.signal(Signal::Continue);
            workers.iter().for_each(|pid| signal(*pid, wanted));
            search.signal(wanted);
        }
        search.signal(wanted);
        let (code, printed) = search.finish();
        assert_eq!(Some(code), wanted.exit_code(), "{printed}");
        assert!(!printed.contains("killed from outside"), "{printed}");
        assert!(!workers.iter().any(|pid| is_running(*pid)), "{printed}");
    }
    assert_eq!(states(&sandbox), ["interrupted", "interrupted"]);
}

#[test]
fn no_worker_outlives_a_killed_search() {
    let sandbox = Sandbox::new();
    let arguments = ["--trials", "2", "--max-epochs", "40", "--jobs", "2"];
    let search = start(&sandbox, &arguments);
    let workers = workers(&search, 2);
    search.kill();
    let ended = || !workers.iter().any(|pid| is_running(*pid));
    wait_until("the end of all workers", || false, ended);
    let search = start(&sandbox, &[&arguments[..], &["--timeout", "1s"]].concat());
    search.wait_for("its study", || search.output().contains("resumed: "));
    sandbox.set_clock(2);
    let (code, printed) = search.finish();
    assert_eq!(code, 3, "{printed}");
    assert!(
        printed.contains("0 of 2 trials had ended, 2 were interrupted"),
        "{printed}"
    );
}
