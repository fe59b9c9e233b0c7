//! Odd machines, made in a private mount namespace (`unshare -m`, root): sensors that heat up, a disk that fills, outputs that cannot be
//! written; and what two processes and signals do. Where namespaces are not permitted, a test says `skipped` and why.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use sandbox::{SEARCH, Sandbox, TRAINING, leftovers};
use xp_clock::Clock;
use xp_test_support::{Process, Signal, files, signal, wait_until};

/// A search of 500 features.
const MANY_FEATURES: &str = env!("CARGO_BIN_EXE_hpo_2M_threshold_1pct_f500_nasdaq");

/// A training of two passes over its samples and a bit.
const SHORT: [&str; 8] = [
    "--max-epochs",
    "3",
    "--max-steps",
    "120",
    "--seed",
    "7",
    "--threads",
    "1",
];

/// One with hundreds of steps left after its first evaluation.
const MEDIUM: [&str; 8] = [
    "--max-epochs",
    "12",
    "--max-steps",
    "480",
    "--seed",
    "7",
    "--threads",
    "1",
];

/// A training that no test waits for.
const LONG: [&str; 6] = ["--max-epochs", "40", "--seed", "7", "--threads", "1"];

/// Why there are no private mounts here, if so.
fn no_namespaces() -> Option<String> {
    let tried = Command::new("unshare")
        .args(["-m", "sh", "-c", "mount -t tmpfs none /mnt"])
        .output();
    match tried {
        Err(cause) => Some(format!("unshare: {cause}")),
        Ok(output) if !output.status.success() => {
            Some(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
        Ok(_) => None,
    }
}

/// A shell script in a mount namespace of its own; `$0` is the sandbox's folder, `$@` the command.
fn in_namespace(sandbox: &Sandbox, script: &str, binary: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["-m", "sh", "-c", script])
        .arg(sandbox.folder.path())
        .arg(binary)
        .args(arguments);
    sandbox.ready(&mut command);
    command
}

/// Numbers that a training must reach however often it is stopped.
fn numbers(sandbox: &Sandbox) -> [String; 4] {
    let rows = sandbox.log();
    let row = rows
        .iter()
        .rev()
        .find(|row| row["status"] == "success")
        .unwrap_or_else(|| panic!("no success in {rows:?}"));
    ["val_loss", "test_loss", "test_auc", "best_step"].map(|column| row[column].clone())
}

/// F26, F43: the sensors of the system, through sysinfo, from work to unknown, pause, resume and abort of a real training, which then goes
/// on to the same numbers.
#[test]
fn a_training_follows_the_systems_own_sensors() {
    if let Some(reason) = no_namespaces() {
        println!("skipped: {reason}");
        return;
    }
    let whole = Sandbox::with_best();
    let (code, printed) = whole.run(TRAINING, &SHORT);
    assert_eq!(code, 0, "{printed}");

    let sandbox = Sandbox::with_best();
    let hwmon = sandbox.path("class/hwmon/hwmon0");
    fs::create_dir_all(&hwmon).unwrap();
    fs::write(hwmon.join("name"), "fake_chip\n").unwrap();
    fs::write(hwmon.join("temp1_label"), "Package\n").unwrap();
    // Replaced at once, as the kernel answers: a reader never sees half a number.
    let set = |millidegrees: &str| {
        let next = sandbox.path("next");
        fs::write(&next, format!("{millidegrees}\n")).unwrap();
        fs::rename(&next, hwmon.join("temp1_input")).unwrap();
    };
    set("50000");
    let process = Process::silent(&mut in_namespace(
        &sandbox,
        r#"mount --bind "$0/class" /sys/class && exec "$@""#,
        TRAINING,
        &SHORT,
    ));
    let says = |what: &str, times: usize| {
        process.wait_for(what, || sandbox.logs().matches(what).count() >= times);
    };
    says("NORMAL (1 system sensors)", 1);
    set("90500");
    says("paused at 9", 1);
    // A sensor that talks nonsense is unknown, and a pause does not end by it.
    set("-40000");
    says("temperature unknown", 1);
    set("83000");
    says("temperature known again", 1);
    // Nor does one whose file is gone, or cannot be read, keep what it printed last.
    fs::remove_file(hwmon.join("temp1_input")).unwrap();
    says("temperature unknown", 2);
    set("82000");
    says("temperature known again", 2);
    set("warm");
    says("temperature unknown", 3);
    sandbox.set_clock(2);
    set("79000");
    says("resumed at 79 °C", 1);
    says("temperature known again", 3);
    set("86000");
    says("paused at 86 °C", 1);
    set("96500");
    assert_eq!(process.wait().code(), Some(4));
    let rows = sandbox.log();
    let row = rows.last().unwrap();
    assert_eq!(
        (row["status"].as_str(), row["thermal_max_temp"].as_str()),
        ("thermal_abort", "96.5")
    );
    assert!(
        row["thermal_paused_seconds"].parse::<f64>().unwrap() > 0.0,
        "{row:?}"
    );
    let (code, printed) = sandbox.run(TRAINING, &SHORT);
    assert!(
        code == 0 && printed.contains("seed 7: resumed at step"),
        "{printed}"
    );
    assert_eq!(numbers(&sandbox), numbers(&whole));
}

/// F25: the disk of the outputs fills while a training runs, and is given room again. Nothing earlier is lost, and the same command ends it.
#[test]
fn a_disk_that_fills_during_a_training_loses_nothing() {
    if let Some(reason) = no_namespaces() {
        println!("skipped: {reason}");
        return;
    }
    let sandbox = Sandbox::with_best();
    let script = r#"
        cp -a "$0/outputs" "$0/borrowed"
        mount -t tmpfs -o size=600m tmpfs "$0/outputs" && cp -a "$0/borrowed/." "$0/outputs/" || exit 90
        ( while [ ! -e "$0/fill" ]; do sleep 0.02; done
          cat /dev/zero > "$0/outputs/filler" 2>/dev/null; touch "$0/filled" ) &
        "$@" & echo "process $!"; wait $!; echo "code $?"
        rm "$0/outputs/filler"
        "$@"; echo "code $?"
        mkdir "$0/kept" && cp -a "$0/outputs/." "$0/kept/"
    "#;
    let mut child = in_namespace(&sandbox, script, TRAINING, &MEDIUM)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = String::new();
    let mut process = None;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(pid) = line.strip_prefix("process ") {
            process = Some(pid.parse().unwrap());
        }
        if line.contains("seed 7 step ") && !sandbox.path("fill").exists() {
            // It stands still meanwhile, or a fast machine ends it before the disk is full.
            let pid = process.unwrap();
            signal(pid, Signal::Stop);
            fs::write(sandbox.path("fill"), "").unwrap();
            let full = || sandbox.path("filled").exists();
            wait_until("a full disk", || false, full);
            signal(pid, Signal::Continue);
        }
        printed.push_str(&line);
        printed.push('\n');
    }
    let output = child.wait_with_output().unwrap();
    printed.push_str(&String::from_utf8_lossy(&output.stderr));
    let codes: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.strip_prefix("code "))
        .collect();
    assert_eq!(codes, ["1", "0"], "{printed}");
    assert!(printed.contains("No space left on device"), "{printed}");
    let kept = sandbox.path("kept");
    let mut log = csv::Reader::from_path(kept.join("results/experiment_log.csv")).unwrap();
    let statuses: Vec<String> = log
        .records()
        .map(|row| row.unwrap().get(9).unwrap().to_owned())
        .collect();
    // The row of the failure may have found no room: that it is missing is told, never half written.
    assert_eq!(statuses.last().unwrap(), "success", "{printed}");
    assert!(statuses.len() <= 2, "{statuses:?}");
    assert_eq!(leftovers(&kept), Vec::<std::path::PathBuf>::new());
}

/// F25: free space is that of the file system of the outputs, a small tmpfs too.
#[test]
fn a_disk_without_room_is_refused_before_anything_is_computed() {
    if let Some(reason) = no_namespaces() {
        println!("skipped: {reason}");
        return;
    }
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("outputs")).unwrap();
    let script = r#"mount -t tmpfs -o size=64m tmpfs "$0/outputs" && "$@"; code=$?; find "$0/outputs" -type f; exit $code"#;
    let output = in_namespace(&sandbox, script, SEARCH, &["--trials", "1"])
        .output()
        .unwrap();
    let printed = sandbox::text(&output);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(
        printed.contains("64.0 MiB free, ")
            && printed.contains(" needed; make room on the disk of "),
        "{printed}"
    );
    assert!(!printed.contains("study.db"), "{printed}");
}

/// Root writes where permissions forbid it, so the outputs are mounted read-only.
#[test]
fn outputs_that_cannot_be_written_are_refused_before_anything_is_computed() {
    if let Some(reason) = no_namespaces() {
        println!("skipped: {reason}");
        return;
    }
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("outputs")).unwrap();
    let script = r#"mount --bind "$0/outputs" "$0/outputs" && mount -o remount,ro,bind "$0/outputs" && exec "$@""#;
    let output = in_namespace(
        &sandbox,
        script,
        SEARCH,
        &["--trials", "1", "--max-steps", "2", "--threads", "1"],
    )
    .output()
    .unwrap();
    let printed = sandbox::text(&output);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(
        printed.contains("is outputs/ writable") && printed.contains("Read-only file system"),
        "{printed}"
    );
    assert!(!printed.contains("trial 0"), "{printed}");
    assert_eq!(
        files(&sandbox.path("outputs")),
        Vec::<std::path::PathBuf>::new()
    );
}

/// Ctrl-C and signals of batch systems end a training cleanly. How soon is printed; the aim is 2 s on a machine with a free core.
#[test]
fn signals_end_a_training_cleanly() {
    let clock = Clock::system();
    for signal in [Signal::Interrupt, Signal::Terminate, Signal::User] {
        let sandbox = Sandbox::with_best();
        let process = Process::silent(&mut sandbox.command(TRAINING, &LONG));
        process.wait_for("an evaluation", || sandbox.logs().contains("seed 7 step "));
        let sent = clock.now();
        process.signal(signal);
        let code = process.wait().code();
        let seconds = clock.since(sent).as_secs_f64();
        println!("{signal:?}: ended after {seconds:.2} s");
        assert_eq!(code, signal.exit_code(), "{signal:?}");
        let rows = sandbox.log();
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(rows[0]["status"], "interrupted");
        assert_eq!(
            leftovers(sandbox.folder.path()),
            Vec::<std::path::PathBuf>::new()
        );
        assert!(!sandbox.path("docs/experiment_results.md").exists());
    }
}

/// Baselines of 500 features take tens of seconds: Ctrl-C does not wait for them.
#[test]
fn a_signal_does_not_wait_for_baselines() {
    let sandbox = Sandbox::new();
    let arguments = ["--trials", "1", "--max-epochs", "1", "--max-steps", "2"];
    let clock = Clock::system();
    let process = Process::silent(&mut sandbox.command(MANY_FEATURES, &arguments));
    process.wait_for("the last trial", || {
        sandbox.logs().contains("1 of 1 trials")
    });
    let sent = clock.now();
    process.signal(Signal::Terminate);
    let code = process.wait().code();
    println!("ended after {:.2} s", clock.since(sent).as_secs_f64());
    let printed = sandbox.logs();
    assert_eq!(code, Signal::Terminate.exit_code(), "{printed}");
    assert!(
        printed.contains("SIGTERM: stopping") && printed.contains("while baselines were fitted"),
        "{printed}"
    );
    let rows = sandbox.log();
    assert_eq!((rows.len(), rows[0]["status"].as_str()), (1, "interrupted"));
}

/// Heat of one seed is not heat of the next, and heat that pre-flight met is that of the first.
#[test]
fn each_seed_logs_its_own_heat() {
    let sandbox = Sandbox::with_best();
    let celsius = sandbox.path("celsius");
    let set = |text: &str| {
        let next = sandbox.path("next");
        fs::write(&next, text).unwrap();
        fs::rename(&next, &celsius).unwrap();
    };
    set("88.5");
    let process = Process::silent(
        sandbox
            .command(TRAINING, &["--max-epochs", "2"])
            .env("XP_THERMAL_FILE", &celsius),
    );
    process.wait_for("pre-flight to wait", || {
        sandbox.logs().contains("waiting until below")
    });
    set("60.5");
    process.wait_for("the first seed", || sandbox.logs().contains("seed 1 step "));
    sandbox::while_stopped(&process, || set("90.5"));
    process.wait_for("a pause", || sandbox.logs().contains("paused at 9"));
    sandbox.set_clock(2);
    set("75.5");
    assert_eq!(process.wait().code(), Some(0), "{}", sandbox.logs());
    let rows = sandbox.log();
    let heat: Vec<(&str, bool)> = rows
        .iter()
        .map(|row| {
            let paused: f64 = row["thermal_paused_seconds"].parse().unwrap();
            (row["thermal_max_temp"].as_str(), paused > 0.0)
        })
        .collect();
    assert_eq!(
        heat,
        [("90.5", true), ("75.5", false), ("75.5", false)],
        "{rows:?}"
    );
}

/// The second process says who works and since when; the lock of a dead one is taken over.
#[test]
fn two_processes_do_not_share_an_experiment_and_a_dead_one_holds_nothing() {
    let sandbox = Sandbox::with_best();
    let first = Process::silent(&mut sandbox.command(TRAINING, &SHORT));
    first.wait_for("the training", || {
        sandbox.logs().contains("data nasdaq_daily")
    });
    // It holds the folder however fast the machine is.
    first.signal(Signal::Stop);
    let mut looked = SHORT.to_vec();
    looked.push("--dry-run");
    let (dry, seen) = sandbox.run(TRAINING, &looked);
    let (code, printed) = sandbox.run(TRAINING, &SHORT);
    let holder = format!(
        "another process works on this experiment: pid {} on ",
        first.pid()
    );
    let since = printed.split(" since ").nth(1).unwrap_or_default();
    assert!(code == 1 && printed.contains(&holder), "{printed}");
    assert!(since.starts_with("20") && since.contains('T'), "{printed}");
    assert!(dry == 1 && seen.contains(&holder), "{seen}");
    first.kill();
    let (code, printed) = sandbox.run(TRAINING, &SHORT);
    assert_eq!(code, 0, "{printed}");
    let statuses: Vec<String> = sandbox
        .log()
        .iter()
        .map(|row| row["status"].clone())
        .collect();
    assert_eq!(statuses, ["failed", "success"], "the second and the third");
}
