//! Time of a report of 1,000 runs, and of an append to the log with fsync. Run `cargo bench -p xp-report`.

#![allow(clippy::unwrap_used, reason = "a bench may state what it believes")]

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use std::fs;

use xp_clock::Clock;
use xp_report::{
    LOG,
    log::{self, append},
    report::{Formats, regenerate},
};

/// Runs of the synthetic log.
const RUNS: usize = 1000;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    synthetic::study::fill(workspace, RUNS);
    let rows = log::read(&workspace.join(LOG)).unwrap();
    println!("| what | runs | median of 5 |\n|---|---|---|");
    let formats = Formats::default();
    let generated = "2026-11-23T20:00:00Z".parse().unwrap();
    time("report, first", rows.len(), 1, || {
        regenerate(workspace, generated, formats).unwrap();
    });
    time("report, again", rows.len(), 5, || {
        regenerate(workspace, generated, formats).unwrap();
    });
    let again = workspace.join("again.csv");
    let row = rows.first().unwrap();
    time("append with fsync to an empty log", 0, 5, || {
        let _ = fs::remove_file(&again);
        append(&again, row).unwrap();
    });
    fs::copy(workspace.join(LOG), &again).unwrap();
    time("append with fsync", rows.len(), 5, || {
        append(&again, row).unwrap();
    });
    // What the disk alone takes.
    let plain = workspace.join("plain");
    time("write of 600 bytes with fsync", 0, 5, || {
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&plain)
            .unwrap();
        std::io::Write::write_all(&mut file, &[b'x'; 600]).unwrap();
        file.sync_all().unwrap();
    });
}

fn time(what: &str, runs: usize, times: usize, mut work: impl FnMut()) {
    let clock = Clock::system();
    let mut seconds: Vec<f64> = (0..times)
        .map(|_| {
            let started = clock.now();
            work();
            clock.since(started).as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!(
        "| {what} | {runs} | {:.4} s |",
        seconds.get(times / 2).unwrap()
    );
}
