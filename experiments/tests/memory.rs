//! The memory estimate of pre-flight against the peaks of real runs, by the kernel (F24). Budgets that take minutes and gigabytes are measured
//! by the long tests of `xp-runtime/tests/memory_peaks.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::time::Duration;

use sandbox::{Sandbox, TRAINING};
use xp_clock::Clock;
use xp_test_support::{Process, Signal, children, peak_memory};

const MANY_FEATURES: &str = env!("CARGO_BIN_EXE_hpo_2M_threshold_1pct_f500_nasdaq");
const SEARCH_20M: &str = env!("CARGO_BIN_EXE_hpo_20M_threshold_1pct_nasdaq");
const TRAINING_20M: &str = env!("CARGO_BIN_EXE_train_20M_threshold_1pct_nasdaq");

/// What pre-flight expected and what was the most, MiB, of the process or its worker.
fn measured(sandbox: &Sandbox, binary: &str, arguments: &[&str]) -> (f64, f64) {
    let process = Process::silent(&mut sandbox.command(binary, arguments));
    // A worker has the model and more than its search; git, which is asked for the code's version, has next to nothing.
    let peak = |pid| Some(peak_memory(pid)? as f64 / f64::from(1 << 20));
    let clock = Clock::system();
    let mut most = 0.0_f64;
    while process.exited().is_none() {
        let processes = children(process.pid()).into_iter().chain([process.pid()]);
        most = processes.filter_map(peak).fold(most, f64::max);
        // Baselines of 500 features take half a minute, and no worker.
        if sandbox.logs().contains("1 of 1 trials") {
            process.signal(Signal::Terminate);
            break;
        }
        clock.sleep(Duration::from_millis(5));
    }
    let code = process.wait().code();
    let printed = sandbox.logs();
    assert!(matches!(code, Some(0 | 75)), "{printed}");
    let estimate = printed.split("memory ").nth(1).unwrap();
    let mut words = estimate
        .split_whitespace()
        .skip_while(|word| *word != "about");
    let number: f64 = words.nth(1).unwrap().parse().unwrap();
    let unit = match words.next().unwrap() {
        "GiB" => 1024.0,
        "MiB" => 1.0,
        other => panic!("{other} in {printed}"),
    };
    (number * unit, most)
}

#[test]
fn f24_the_estimate_agrees_with_the_peak() {
    const FEW: [&str; 6] = ["--max-epochs", "1", "--max-steps", "3", "--seed", "1"];
    let trained = |search, budget, binary, shape| {
        let sandbox = Sandbox::new();
        sandbox.put_best(search, budget, shape, 3e-4);
        measured(&sandbox, binary, &FEW)
    };
    let (small, large) = (
        "192, \"n_layers\": 4, \"n_heads\": 6, \"d_ff\": 768",
        "512, \"n_layers\": 6, \"n_heads\": 8, \"d_ff\": 2048",
    );
    let mut one = FEW.to_vec();
    one.extend(["--trials", "1"]);
    for (what, (estimate, peak)) in [
        ("2M", trained(sandbox::SEARCH, "2M", TRAINING, small)),
        ("20M", trained(SEARCH_20M, "20M", TRAINING_20M, large)),
        (
            "2M, 500 features",
            measured(&Sandbox::new(), MANY_FEATURES, &one),
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
