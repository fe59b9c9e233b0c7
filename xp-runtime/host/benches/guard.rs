//! Cost of the guards: the check between two batches, and the polls of sensors and memory once a second. Run `cargo bench -p xp-host`.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::{hint::black_box, time::Duration};

use xp_clock::Clock;
use xp_host::{
    memory,
    thermal::{Monitor, Thresholds, from_environment},
};

fn main() {
    let limits = Thresholds {
        acceptable: 70.0,
        warning: 85.0,
        resume: 80.0,
        critical: 95.0,
    };
    let monitor = Monitor::start(
        from_environment(),
        limits,
        Duration::from_secs(1),
        &Clock::system(),
    );
    let mut source = from_environment();
    println!("| what | times | mean of each |\n|---|---|---|");
    time("check between batches", 10_000_000, || {
        black_box(monitor.action());
    });
    time("poll of the sensors", 100, || {
        black_box(source.read().is_empty());
    });
    time("poll of memory", 1000, || {
        black_box(memory::Reading::now());
    });
}

fn time(what: &str, times: u32, mut work: impl FnMut()) {
    let clock = Clock::system();
    let started = clock.now();
    for _ in 0..times {
        work();
    }
    println!("| {what} | {times} | {:?} |", clock.since(started) / times);
}
