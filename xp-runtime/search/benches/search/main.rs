//! Figures behind the choice of samplers and pruners. Run `cargo bench -p xp-search`, or parts of it:
//! `optuna_table.py` in this folder makes the same table for PyPI's Optuna (which asks `serve`).
//! `cargo bench -p xp-search -- [regret] [workers] [curves] [replay] [cost] [--seeds N] [--first SEED] [--samplers gp,tpe]`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod cost;
mod curves;
mod parallel;
#[path = "../../tests/problems/mod.rs"]
mod problems;
mod regret;
mod replay;
mod serve;

use xp_clock::Clock;
use xp_search::Sampler;

/// What a run of the bench covers.
struct Plan {
    samplers: Vec<(String, Sampler)>,
    /// Seeds of each study, in order.
    seeds: std::ops::Range<u64>,
    clock: Clock,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let number = |name: &str, otherwise: u64| {
        let given = option(name).and_then(|text| text.parse().ok());
        given.unwrap_or(otherwise)
    };
    let first = number("--first", 1);
    let names = option("--samplers").unwrap_or_else(|| "gp,tpe,sobol".to_owned());
    let plan = Plan {
        samplers: names
            .split(',')
            .filter_map(|name| Sampler::ALL.into_iter().find(|(known, _)| *known == name))
            .map(|(name, sampler)| (name.to_owned(), sampler))
            .collect(),
        seeds: first..first + number("--seeds", 20),
        clock: Clock::system(),
    };
    type Part = fn(&Plan);
    let parts: [(&str, Part); 5] = [
        ("regret", regret::run),
        ("workers", regret::run_with_four_workers),
        ("curves", curves::run),
        ("replay", replay::run),
        ("cost", cost::run),
    ];
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    if arguments.iter().any(|argument| argument == "serve") {
        return serve::run();
    }
    let all = !parts.iter().any(|(name, _)| named(name));
    for (name, part) in parts {
        if all || named(name) {
            println!("# {name}");
            part(&plan);
        }
    }
}
