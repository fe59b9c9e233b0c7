//! How long pre-flight takes, from the start of the process to its table, on the 2M search and training of the shipped data:
//! `cargo bench -p experiments --profile dev --bench preflight`.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and ends where it cannot measure"
)]

use std::process::{Command, Stdio};

use xp_clock::Clock;

const TIMES: usize = 10;

fn main() {
    let clock = Clock::system();
    println!("| experiment | times | shortest | median | longest |\n|---|---|---|---|---|");
    for (name, binary) in [
        (
            "hpo_2M_threshold_1pct",
            env!("CARGO_BIN_EXE_hpo_2M_threshold_1pct"),
        ),
        (
            "hpo_2M_threshold_1pct_f500",
            env!("CARGO_BIN_EXE_hpo_2M_threshold_1pct_f500"),
        ),
    ] {
        let mut seconds: Vec<f64> = (0..TIMES)
            .map(|_| {
                let started = clock.now();
                let ended = Command::new(binary)
                    .args(["--dry-run", "--quiet"])
                    .stderr(Stdio::null())
                    .status()
                    .expect("the binary starts");
                assert!(ended.success(), "pre-flight refused: run {name} --dry-run");
                clock.since(started).as_secs_f64()
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        let at = |rank: usize| seconds.get(rank).copied().unwrap_or(f64::NAN);
        println!(
            "| {name} | {TIMES} | {:.2} s | {:.2} s | {:.2} s |",
            at(0),
            at(TIMES / 2),
            at(TIMES - 1)
        );
    }
}
