//! What a study on PostgreSQL costs by workers and finished trials, beside PyPI's Optuna on the same server: the figures of
//! `docs/cluster.md`. It needs PostgreSQL and, for its first part, a Python with Optuna and psycopg2.
//! `cargo bench -p xp-search --bench shared --profile dev -- [table] [lock] [queue] [--workers 1,16] [--trials 0,1000] [--rounds 3]
//! [--most 256] [--seconds 20] [--held 1000000] [--timed 11]`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot go on ends"
)]

mod filled;
mod lock;
mod queue;
mod searched;
mod table;
mod team;
mod worker;

use xp_clock::Clock;

/// What a run of the bench covers.
struct Plan {
    workers: Vec<u32>,
    /// Finished trials from which a cell starts.
    trials: Vec<u32>,
    /// Rounds of a cell, of which the median is shown.
    rounds: u32,
    /// Trials of a round, or four for each worker where those are more.
    most: u32,
    /// Longest time of a round.
    seconds: u64,
    /// Trials in the memory of all storages of Optuna together; cells with more have ours alone.
    held: u32,
    /// Suggestions of which `lock` takes the median.
    timed: u32,
    clock: Clock,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = arguments.as_slice()
        && first == worker::NAME
    {
        return worker::run(rest);
    }
    let option = |name: &str, otherwise: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        let given = at.and_then(|at| arguments.get(at + 1));
        given.map_or_else(|| otherwise.to_owned(), Clone::clone)
    };
    let number = |name: &str, otherwise: &str| option(name, otherwise).parse().expect("a number");
    let list = |name: &str, otherwise: &str| -> Vec<u32> {
        let text = option(name, otherwise);
        let parts = text.split(',');
        parts.map(|part| part.parse().expect("a number")).collect()
    };
    let plan = Plan {
        workers: list("--workers", "1,2,4,8,16,64"),
        trials: list("--trials", "0,1000,10000,100000"),
        rounds: number("--rounds", "3"),
        most: number("--most", "256"),
        seconds: option("--seconds", "20").parse().expect("a number"),
        held: number("--held", "1000000"),
        timed: number("--timed", "11"),
        clock: Clock::system(),
    };
    type Part = fn(&Plan);
    let parts: [(&str, Part); 3] = [
        ("table", table::run),
        ("lock", lock::run),
        ("queue", queue::run),
    ];
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let all = !parts.iter().any(|(name, _)| named(name));
    for (name, part) in parts {
        if all || named(name) {
            println!("# {name}");
            part(&plan);
        }
    }
}

/// Absent where nothing was measured.
pub(crate) fn median(mut rates: Vec<f64>) -> Option<f64> {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied()
}
