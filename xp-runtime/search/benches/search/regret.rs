//! Regret on the thirteen problems, scored as in the reference `search_anchors.md`: median regret after 50 trials over the
//! median of pooled random search, geometric means of the ratios floored at 0.01.

use xp_search::Sampler;

use crate::{
    Plan,
    parallel::for_seeds,
    problems::{Problem, all, median, regret},
};

const TRIALS: u32 = 50;
/// Studies of random search that are pooled, with seeds of their own.
const RANDOM_SEEDS: std::ops::Range<u64> = 1_000_000..1_000_400;
const FLOOR: f64 = 0.01;

/// One worker.
pub(crate) fn run(plan: &Plan) {
    table(plan, 1);
}

/// Four outstanding trials at every suggestion.
pub(crate) fn run_with_four_workers(plan: &Plan) {
    table(plan, 4);
}

fn geometric_mean(ratios: impl Iterator<Item = f64>) -> f64 {
    let logs: Vec<f64> = ratios.map(|ratio| ratio.max(FLOOR).ln()).collect();
    (logs.iter().sum::<f64>() / logs.len().max(1) as f64).exp()
}

/// Median regret of random search on each problem.
pub(crate) fn random_medians(problems: &[Problem]) -> Vec<f64> {
    let of = |problem| {
        median(for_seeds(RANDOM_SEEDS, |seed| {
            regret(problem, Sampler::Random, seed, TRIALS, 1)
        }))
    };
    problems.iter().map(of).collect()
}

fn table(plan: &Plan, workers: usize) {
    let problems = all();
    let of = |problem: &Problem, sampler, seeds, workers| {
        median(for_seeds(seeds, |seed| {
            regret(problem, sampler, seed, TRIALS, workers)
        }))
    };
    let random = random_medians(&problems);
    for (name, sampler) in &plan.samplers {
        let start = plan.clock.now();
        let ratios: Vec<f64> = problems
            .iter()
            .zip(&random)
            .map(|(problem, random)| of(problem, *sampler, plan.seeds.clone(), workers) / random)
            .collect();
        let mean = |wanted: fn(&Problem) -> bool| {
            let pairs = problems.iter().zip(&ratios);
            geometric_mean(pairs.filter(|(p, _)| wanted(p)).map(|(_, ratio)| *ratio))
        };
        println!(
            "{name}: all {:.3}, continuous {:.3}, hyperparameter-like {:.3} (seeds {:?}, {:.0} s)",
            mean(|_| true),
            mean(|p| !p.hyper),
            mean(|p| p.hyper),
            plan.seeds,
            plan.clock.since(start).as_secs_f64()
        );
        for (problem, ratio) in problems.iter().zip(&ratios) {
            println!("    {:16}{ratio:.4}", problem.name);
        }
    }
}
