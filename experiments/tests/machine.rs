//! Odd machines, made in a private mount namespace (`unshare -m`, root): sensors that heat up, a disk that fills, outputs that cannot be
//! written; and what two processes and signals do. Where namespaces are not permitted, a test says `skipped` and why.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use place::{Place, SEARCH, TRAINING, kill, leftovers, silently, wait_for};

/// A search of 500 features.
const MANY_FEATURES: &str = env!("CARGO_BIN_EXE_hpo_2M_threshold_1pct_f500");

/// A training of two epochs and a bit.
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

/// A shell script in a mount namespace of its own; `$0` is the place, `$@` the command.
fn in_namespace(place: &Place, script: &str, binary: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["-m", "sh", "-c", script])
        .arg(place.folder.path())
        .arg(binary)
        .args(arguments);
    place.ready(&mut command);
    command
}

/// Numbers that a training must reach however often it is stopped.
fn numbers(place: &Place) -> [String; 4] {
    let rows = place.log();
    let row = rows
        .iter()
        .rev()
        .find(|row| row["status"] == "success")
        .unwrap_or_else(|| panic!("no success in {rows:?}"));
    ["val_loss", "test_loss", "test_auc", "best_epoch"].map(|column| row[column].clone())
}

/// F26, F43: the sensors of the system, through sysinfo, from work to unknown, pause, resume and abort of a real training, which then goes
/// on to the same numbers.
#[test]
fn a_training_follows_the_systems_own_sensors() {
    if let Some(reason) = no_namespaces() {
        println!("skipped: {reason}");
        return;
    }
    let whole = Place::with_best();
    let (code, said) = whole.run(TRAINING, &SHORT);
    assert_eq!(code, 0, "{said}");

    let place = Place::with_best();
    let hwmon = place.path("class/hwmon/hwmon0");
    fs::create_dir_all(&hwmon).unwrap();
    fs::write(hwmon.join("name"), "fake_chip\n").unwrap();
    fs::write(hwmon.join("temp1_label"), "Package\n").unwrap();
    // Replaced at once, as the kernel answers: a reader never sees half a number.
    let set = |millidegrees: &str| {
        let next = place.path("next");
        fs::write(&next, format!("{millidegrees}\n")).unwrap();
        fs::rename(&next, hwmon.join("temp1_input")).unwrap();
    };
    set("50000");
    let mut child = in_namespace(
        &place,
        r#"mount --bind "$0/class" /sys/class && exec "$@""#,
        TRAINING,
        &SHORT,
    )
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .unwrap();
    let says = |what: &str, times: usize| {
        wait_for(what, || place.said().matches(what).count() >= times);
    };
    says("NORMAL (1 system sensors)", 1);
    set("90500");
    says("paused at 9", 1);
    // A sensor that talks nonsense is unknown, and a pause does not end by it.
    set("-40000");
    says("temperature unknown", 1);
    set("83000");
    says("temperature known again", 1);
    // Nor does one whose file is gone, or cannot be read, keep what it said last.
    fs::remove_file(hwmon.join("temp1_input")).unwrap();
    says("temperature unknown", 2);
    set("82000");
    says("temperature known again", 2);
    set("warm");
    says("temperature unknown", 3);
    set("79000");
    says("resumed at 79 °C", 1);
    says("temperature known again", 3);
    set("86000");
    says("paused at 86 °C", 1);
    set("96500");
    assert_eq!(child.wait().unwrap().code(), Some(4));
    let rows = place.log();
    let row = rows.last().unwrap();
    assert_eq!(
        (row["status"].as_str(), row["thermal_max_temp"].as_str()),
        ("thermal_abort", "96.5")
    );
    assert!(
        row["thermal_paused_seconds"].parse::<f64>().unwrap() > 0.0,
        "{row:?}"
    );
    let (code, said) = place.run(TRAINING, &SHORT);
    assert!(
        code == 0 && said.contains("seed 7: resumed after"),
        "{said}"
    );
    assert_eq!(numbers(&place), numbers(&whole));
}

/// F25: the disk of the outputs fills while a training runs, and is given room again. Nothing earlier is lost, and the same command ends it.
#[test]
fn a_disk_that_fills_during_a_training_loses_nothing() {
    if let Some(reason) = no_namespaces() {
        println!("skipped: {reason}");
        return;
    }
    let place = Place::with_best();
    let script = r#"
        cp -a "$0/outputs" "$0/borrowed"
        mount -t tmpfs -o size=600m tmpfs "$0/outputs" && cp -a "$0/borrowed/." "$0/outputs/" || exit 90
        ( while [ ! -e "$0/fill" ]; do sleep 0.02; done
          cat /dev/zero > "$0/outputs/filler" 2>/dev/null; touch "$0/filled" ) &
        "$@"; echo "code $?"
        while [ ! -e "$0/filled" ]; do sleep 0.02; done
        rm "$0/outputs/filler"
        "$@"; echo "code $?"
        mkdir "$0/kept" && cp -a "$0/outputs/." "$0/kept/"
    "#;
    let mut child = in_namespace(&place, script, TRAINING, &SHORT)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.contains("epoch 1/") && !place.path("fill").exists() {
            fs::write(place.path("fill"), "").unwrap();
            wait_for("a full disk", || place.path("filled").exists());
        }
        said.push_str(&line);
        said.push('\n');
    }
    let output = child.wait_with_output().unwrap();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    let codes: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("code "))
        .collect();
    assert_eq!(codes, ["1", "0"], "{said}");
    assert!(said.contains("No space left on device"), "{said}");
    let kept = place.path("kept");
    let mut log = csv::Reader::from_path(kept.join("results/experiment_log.csv")).unwrap();
    let statuses: Vec<String> = log
        .records()
        .map(|row| row.unwrap().get(9).unwrap().to_owned())
        .collect();
    // The row of the failure may have found no room: that it is missing is told, never half written.
    assert_eq!(statuses.last().unwrap(), "success", "{said}");
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
    let place = Place::new();
    fs::create_dir_all(place.path("outputs")).unwrap();
    let script = r#"mount -t tmpfs -o size=64m tmpfs "$0/outputs" && "$@"; code=$?; find "$0/outputs" -type f; exit $code"#;
    let output = in_namespace(&place, script, SEARCH, &["--trials", "1"])
        .output()
        .unwrap();
    let said = place::text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("64.0 MiB free, ") && said.contains(" needed; make room on the disk of "),
        "{said}"
    );
    assert!(!said.contains("study.db"), "{said}");
}

/// Root writes where permissions forbid it, so the outputs are mounted read-only.
#[test]
fn outputs_that_cannot_be_written_are_refused_before_anything_is_computed() {
    if let Some(reason) = no_namespaces() {
        println!("skipped: {reason}");
        return;
    }
    let place = Place::new();
    fs::create_dir_all(place.path("outputs")).unwrap();
    let script = r#"mount --bind "$0/outputs" "$0/outputs" && mount -o remount,ro,bind "$0/outputs" && exec "$@""#;
    let output = in_namespace(
        &place,
        script,
        SEARCH,
        &["--trials", "1", "--max-steps", "2", "--threads", "1"],
    )
    .output()
    .unwrap();
    let said = place::text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("is outputs/ writable") && said.contains("Read-only file system"),
        "{said}"
    );
    assert!(!said.contains("trial 0"), "{said}");
    assert_eq!(
        place::files(&place.path("outputs")),
        Vec::<std::path::PathBuf>::new()
    );
}

/// Ctrl-C and SIGTERM end a training cleanly. How soon is printed; the aim is 2 s on a machine with a free core.
#[test]
fn signals_end_a_training_cleanly() {
    for signal in ["-INT", "-TERM"] {
        let place = Place::with_best();
        let mut child = silently(&mut place.command(TRAINING, &SHORT));
        wait_for("an epoch", || place.said().contains("epoch 1/"));
        let sent = Instant::now();
        kill(&child, signal);
        let code = child.wait().unwrap().code();
        let seconds = sent.elapsed().as_secs_f64();
        println!("{signal}: ended after {seconds:.2} s");
        assert_eq!(code, Some(130), "{signal}");
        assert!(sent.elapsed() < Duration::from_secs(60), "{seconds}");
        let rows = place.log();
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(rows[0]["status"], "interrupted");
        assert_eq!(
            leftovers(place.folder.path()),
            Vec::<std::path::PathBuf>::new()
        );
        assert!(!place.path("docs/experiment_results.md").exists());
    }
}

/// Baselines of 500 features take tens of seconds: Ctrl-C does not wait for them.
#[test]
fn a_signal_does_not_wait_for_baselines() {
    let place = Place::new();
    let arguments = ["--trials", "1", "--max-epochs", "1", "--max-steps", "2"];
    let mut child = silently(&mut place.command(MANY_FEATURES, &arguments));
    wait_for("the last trial", || place.said().contains("1 of 1 trials"));
    let sent = Instant::now();
    kill(&child, "-TERM");
    let code = child.wait().unwrap().code();
    println!("ended after {:.2} s", sent.elapsed().as_secs_f64());
    let said = place.said();
    assert_eq!(code, Some(130), "{said}");
    assert!(
        said.contains("interrupt: stopping") && said.contains("while baselines were fitted"),
        "{said}"
    );
    let rows = place.log();
    assert_eq!((rows.len(), rows[0]["status"].as_str()), (1, "interrupted"));
}

/// Heat of one seed is not heat of the next, and heat that pre-flight met is that of the first.
#[test]
fn each_seed_logs_its_own_heat() {
    let place = Place::with_best();
    let celsius = place.path("celsius");
    let set = |text: &str| {
        let next = place.path("next");
        fs::write(&next, text).unwrap();
        fs::rename(&next, &celsius).unwrap();
    };
    set("88.5");
    // The second epoch is longer than a poll.
    let mut child = silently(
        place
            .command(TRAINING, &["--max-epochs", "2"])
            .env("XP_THERMAL_FILE", &celsius),
    );
    wait_for("pre-flight to wait", || {
        place.said().contains("waiting until below")
    });
    set("60.5");
    wait_for("the first seed", || {
        place.said().contains("seed 1 epoch 1/")
    });
    set("90.5");
    wait_for("a pause", || place.said().contains("paused at 9"));
    set("75.5");
    assert_eq!(child.wait().unwrap().code(), Some(0), "{}", place.said());
    let rows = place.log();
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
    let place = Place::with_best();
    let mut first = silently(&mut place.command(TRAINING, &SHORT));
    wait_for("the first to train", || {
        place.said().contains("data nasdaq_daily")
    });
    let mut looked = SHORT.to_vec();
    looked.push("--dry-run");
    let (dry, seen) = place.run(TRAINING, &looked);
    let (code, said) = place.run(TRAINING, &SHORT);
    let holder = format!(
        "another process works on this experiment: pid {} on ",
        first.id()
    );
    let since = said.split(" since ").nth(1).unwrap_or_default();
    assert!(code == 1 && said.contains(&holder), "{said}");
    assert!(since.starts_with("20") && since.contains('T'), "{said}");
    assert!(dry == 1 && seen.contains(&holder), "{seen}");
    kill(&first, "-KILL");
    first.wait().unwrap();
    let (code, said) = place.run(TRAINING, &SHORT);
    assert_eq!(code, 0, "{said}");
    let statuses: Vec<String> = place
        .log()
        .iter()
        .map(|row| row["status"].clone())
        .collect();
    assert_eq!(statuses, ["failed", "success"], "the second and the third");
}
