//! Regret of the samplers on the thirteen problems, scored as in the reference `search_anchors.md`: median regret after 50
//! sequential trials over the median of pooled random search, geometric means of the ratios floored at 0.01.
//!
//! `cargo bench -p xp-search -- [regret|curves|cost]… [--seeds N] [--samplers gp,tpe]`

#[path = "../tests/problems/mod.rs"]
mod problems;

use std::sync::atomic::{AtomicUsize, Ordering};

use problems::{Problem, all, median, regret};
use xp_search::Sampler;

const TRIALS: u32 = 50;
const RANDOM_SEEDS: u64 = 400;
const FLOOR: f64 = 0.01;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let seeds: u64 = option("--seeds").and_then(|n| n.parse().ok()).unwrap_or(20);
    let samplers = option("--samplers").unwrap_or_else(|| "gp,tpe,sobol".to_owned());
    table(seeds, &samplers);
}

fn sampler(name: &str) -> Option<Sampler> {
    Some(match name {
        "gp" => Sampler::Gp,
        "tpe" => Sampler::Tpe,
        "random" => Sampler::Random,
        "sobol" => Sampler::Sobol,
        "auto" => Sampler::Auto,
        _ => return None,
    })
}

/// Regrets for seeds 1 ..= count, on all cores.
fn regrets(problem: &Problem, sampler: Sampler, count: u64) -> Vec<f64> {
    let seeds: Vec<u64> = (1..=count).collect();
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(u64, f64)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    let mut done = Vec::new();
                    while let Some(&seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                        done.push((seed, regret(problem, sampler, seed, TRIALS)));
                    }
                    done
                })
            })
            .collect();
        handles
            .into_iter()
            .filter_map(|handle| handle.join().ok())
            .flatten()
            .collect()
    });
    done.sort_by_key(|(seed, _)| *seed);
    done.into_iter().map(|(_, regret)| regret).collect()
}

fn geometric_mean(ratios: impl Iterator<Item = f64>) -> f64 {
    let logs: Vec<f64> = ratios.map(|ratio| ratio.max(FLOOR).ln()).collect();
    (logs.iter().sum::<f64>() / logs.len().max(1) as f64).exp()
}

fn table(seeds: u64, samplers: &str) {
    let problems = all();
    let random: Vec<f64> = problems
        .iter()
        .map(|problem| median(regrets(problem, Sampler::Random, RANDOM_SEEDS)))
        .collect();
    for name in samplers.split(',') {
        let Some(sampler) = sampler(name) else {
            eprintln!("no sampler `{name}`");
            continue;
        };
        let start = std::time::Instant::now();
        let ratios: Vec<f64> = problems
            .iter()
            .zip(&random)
            .map(|(problem, random)| median(regrets(problem, sampler, seeds)) / random)
            .collect();
        let mean = |wanted: fn(&Problem) -> bool| {
            let pairs = problems.iter().zip(&ratios);
            geometric_mean(pairs.filter(|(p, _)| wanted(p)).map(|(_, ratio)| *ratio))
        };
        println!(
            "{name}: all {:.3}, continuous {:.3}, hyperparameter-like {:.3} ({seeds} seeds, {:.0} s)",
            mean(|_| true),
            mean(|p| !p.hyper),
            mean(|p| p.hyper),
            start.elapsed().as_secs_f64()
        );
        for (problem, ratio) in problems.iter().zip(&ratios) {
            println!("    {:16}{ratio:.4}", problem.name);
        }
    }
}
