//! A thousand workers on paper: a closed queue with one server, the lock of the study. Trials have exponentially distributed lengths, from
//! a fixed seed; how long a suggestion has the lock is what `lock` measures.

use std::collections::BinaryHeap;

use xp_test_support::Random;

use crate::Plan;

/// Seconds that one suggestion has the lock, as `lock` measured it: quasi-random points, and TPE at 1,000, 10,000 and 100,000 trials.
const LOCKED: [f64; 4] = [0.005, 0.01, 0.025, 0.16];
/// Mean seconds of a trial.
const TRIALS: [f64; 3] = [10.0, 60.0, 600.0];
/// Workers.
const WORKERS: [u32; 2] = [100, 1000];
/// Trials of each worker that are simulated, and those before them that are not counted.
const COUNTED: u32 = 20;
const BEFORE: u32 = 20;

pub(crate) fn run(_plan: &Plan) {
    println!(
        "| workers | trial, s | lock, ms | busy | wait, s | trials/h |\n|---|---|---|---|---|---|"
    );
    for workers in WORKERS {
        for trial in TRIALS {
            for locked in LOCKED {
                let Queue { busy, wait, rate } = simulate(workers, trial, locked);
                let (locked, busy, rate) = (locked * 1e3, busy * 100.0, rate * 3600.0);
                println!(
                    "| {workers} | {trial} | {locked} | {busy:.0} % | {wait:.2} | {rate:.0} |"
                );
            }
        }
    }
}

/// What a simulation comes to.
struct Queue {
    /// Share of the time in which somebody has the lock.
    busy: f64,
    /// Mean time for which a suggestion waits for it, seconds.
    wait: f64,
    /// Trials per second.
    rate: f64,
}

/// Workers that take the lock in the order in which they ask for it.
fn simulate(workers: u32, trial: f64, locked: f64) -> Queue {
    let mut random = Random(1);
    let mut length = || -trial * (1.0 - random.uniform()).ln();
    let mut queue: BinaryHeap<Asked> = (0..workers).map(|_| Asked(length())).collect();
    let (mut free, mut waited, mut from) = (0.0_f64, 0.0, 0.0);
    for number in 0..workers * (BEFORE + COUNTED) {
        let Some(Asked(at)) = queue.pop() else {
            break;
        };
        let taken = free.max(at);
        free = taken + locked;
        queue.push(Asked(free + length()));
        if number == workers * BEFORE {
            (waited, from) = (0.0, taken);
        }
        waited += taken - at;
    }
    let count = f64::from(workers * COUNTED);
    let rate = count / (free - from);
    Queue {
        busy: rate * locked,
        wait: waited / count,
        rate,
    }
}

/// When a worker asks for the lock; the earliest is the greatest.
#[derive(PartialEq)]
struct Asked(f64);

impl Eq for Asked {}

impl PartialOrd for Asked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Asked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.total_cmp(&self.0)
    }
}
