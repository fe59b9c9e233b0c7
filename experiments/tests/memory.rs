//! The memory estimate of pre-flight against the peaks of real runs, by the kernel (F24). Budgets that take minutes and gigabytes are measured
//! by the long tests of `xp-runtime/tests/lean.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::{fs, thread, time::Duration};

use place::{Place, TRAINING, kill, silently};

const MANY_FEATURES: &str = env!("CARGO_BIN_EXE_hpo_2M_threshold_1pct_f500");
const SEARCH_20M: &str = env!("CARGO_BIN_EXE_hpo_20M_threshold_1pct");
const TRAINING_20M: &str = env!("CARGO_BIN_EXE_train_20M_threshold_1pct");

/// Most resident memory of a process so far, MiB; absent where it is gone.
fn peak(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// Processes that a process has started.
fn children(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task"));
    let mut found = Vec::new();
    for thread in threads.into_iter().flatten().flatten() {
        let pids = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        found.extend(
            pids.split_whitespace()
                .filter_map(|pid| pid.parse::<u32>().ok()),
        );
    }
    found
}

/// What pre-flight expected and what was the most, MiB, of the process or its worker.
fn measured(place: &Place, binary: &str, arguments: &[&str]) -> (f64, f64) {
    let mut child = silently(&mut place.command(binary, arguments));
    // A worker has the model and more than its search; git, which is asked for the code's version, has next to nothing.
    let mut most = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        let processes = children(child.id()).into_iter().chain([child.id()]);
        most = processes.filter_map(peak).fold(most, f64::max);
        // Baselines of 500 features take half a minute, and no worker.
        if place.said().contains("1 of 1 trials") {
            kill(&child, "-TERM");
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    let code = child.wait().unwrap().code();
    let said = place.said();
    assert!(matches!(code, Some(0 | 130)), "{said}");
    let estimate = said.split("memory ").nth(1).unwrap();
    let mut words = estimate
        .split_whitespace()
        .skip_while(|word| *word != "about");
    let number: f64 = words.nth(1).unwrap().parse().unwrap();
    let unit = match words.next().unwrap() {
        "GiB" => 1024.0,
        "MiB" => 1.0,
        other => panic!("{other} in {said}"),
    };
    (number * unit, most)
}

#[test]
fn f24_the_estimate_agrees_with_the_peak() {
    const FEW: [&str; 6] = ["--max-epochs", "1", "--max-steps", "3", "--seed", "1"];
    let trained = |search, budget, binary, shape| {
        let place = Place::new();
        place.put_best(search, budget, shape, 3e-4);
        measured(&place, binary, &FEW)
    };
    let (small, large) = (
        "192, \"n_layers\": 4, \"n_heads\": 6, \"d_ff\": 768",
        "512, \"n_layers\": 6, \"n_heads\": 8, \"d_ff\": 2048",
    );
    let mut one = FEW.to_vec();
    one.extend(["--trials", "1"]);
    for (what, (estimate, peak)) in [
        ("2M", trained(place::SEARCH, "2M", TRAINING, small)),
        ("20M", trained(SEARCH_20M, "20M", TRAINING_20M, large)),
        (
            "2M, 500 features",
            measured(&Place::new(), MANY_FEATURES, &one),
        ),
    ] {
        let ratio = estimate / peak;
        println!("{what}: {estimate:.0} MiB expected, {peak:.0} measured, {ratio:.2}");
        assert!(
            (ratio - 1.0).abs() < 0.15,
            "{what}: {estimate:.0} MiB expected, {peak:.0} measured"
        );
    }
}
