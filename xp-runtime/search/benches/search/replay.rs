//! Pruners on learning curves of real trials: `real_curves.csv` in this folder holds those of a search without pruning. Each
//! rule sees searches of some of these trials in random order and stops them; what counts is the share of the epochs that it spends and
//! how much worse its best trial is than the search's best. The sampler is left out: the trials are the same under every rule.
//! These trials were evaluated once an epoch, so an epoch is a step of the rules here.

use std::collections::BTreeMap;

use xp_search::{Decision, Pruner, Trial, TrialState, decide};
use xp_spec::space::Assignment;

use crate::{Plan, parallel::for_seeds};

type Curve = Vec<(u32, f64)>;

/// Searches for each rule, and trials drawn for each of them.
const SEARCHES: u64 = 1000;
const TRIALS: usize = 30;

pub(crate) fn run(_: &Plan) {
    let curves = curves(include_str!("real_curves.csv"));
    let all: usize = curves.iter().map(Vec::len).sum();
    println!(
        "{} trials, {all} epochs; {SEARCHES} searches of {TRIALS} of them",
        curves.len()
    );
    for (name, pruner) in rules() {
        let runs = for_seeds(0..SEARCHES, |seed| {
            let drawn = drawn(&curves, seed);
            let (all, best) = replay(&drawn, &Pruner::None);
            let (spent, found) = replay(&drawn, &pruner);
            (spent as f64 / all as f64, found - best)
        });
        let mut regrets: Vec<f64> = runs.iter().map(|run| run.1).collect();
        regrets.sort_by(f64::total_cmp);
        println!(
            "{name:24} {:>4.0} % of the epochs; best worse by mean {:.4}, median {:.4}, 90 % {:.4}; lost in {:.0} %",
            100.0 * runs.iter().map(|run| run.0).sum::<f64>() / runs.len() as f64,
            regrets.iter().sum::<f64>() / runs.len() as f64,
            regrets[runs.len() / 2],
            regrets[runs.len() * 9 / 10],
            100.0 * regrets.iter().filter(|regret| **regret > 0.0).count() as f64
                / runs.len() as f64,
        );
    }
}

fn rules() -> Vec<(String, Pruner)> {
    let mut rules = vec![("none".to_owned(), Pruner::None)];
    for (fewest, warmup) in [(1, 0), (4, 0), (4, 1), (4, 2), (4, 3), (4, 5), (8, 2)] {
        rules.push((
            format!("median of {fewest}, after {warmup}"),
            Pruner::Median { fewest, warmup },
        ));
    }
    for (first, factor) in [
        (1, 2),
        (1, 3),
        (1, 4),
        (2, 2),
        (2, 3),
        (3, 2),
        (3, 3),
        (4, 4),
    ] {
        rules.push((
            format!("halving from {first} by {factor}"),
            Pruner::SuccessiveHalving { first, factor },
        ));
    }
    for (first, last) in [(1, 9), (1, 27), (2, 18)] {
        rules.push((
            format!("hyperband {first} to {last}"),
            Pruner::Hyperband {
                first,
                last,
                factor: 3,
            },
        ));
    }
    rules
}

/// Epochs spent, and the lowest value of any trial that a search would call its best: of complete ones only.
fn replay(curves: &[&Curve], pruner: &Pruner) -> (usize, f64) {
    let mut history: Vec<Trial> = Vec::new();
    let mut spent = 0;
    let mut found = f64::INFINITY;
    for (number, curve) in (0..).zip(curves) {
        let stopped = (1..curve.len()).find_map(|ended| {
            let shown = &curve[..ended];
            let decision = decide(pruner, number, &history, shown, curve[ended - 1].0);
            (decision != Decision::Continue).then_some((ended, decision))
        });
        let (shown, decision) = stopped.unwrap_or((curve.len(), Decision::Complete));
        let shown = &curve[..shown];
        let pruned = decision == Decision::Prune;
        spent += shown.len();
        if !pruned {
            found = found.min(lowest(shown));
        }
        history.push(Trial {
            number,
            state: if pruned {
                TrialState::Pruned
            } else {
                TrialState::Complete
            },
            assignment: Assignment::new(),
            value: Some(lowest(shown)),
            intermediate: shown.to_vec(),
        });
    }
    (spent, found)
}

fn lowest(curve: &[(u32, f64)]) -> f64 {
    curve
        .iter()
        .map(|point| point.1)
        .fold(f64::INFINITY, f64::min)
}

/// The curves of one search, in its order.
fn drawn(curves: &[Curve], seed: u64) -> Vec<&Curve> {
    let mut order: Vec<&Curve> = curves.iter().collect();
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    for last in (1..order.len()).rev() {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        order.swap(last, ((z ^ (z >> 31)) % (last as u64 + 1)) as usize);
    }
    order.truncate(TRIALS);
    order
}

/// Lines `trial,epoch,validation log-loss`, after comments and a header.
fn curves(text: &str) -> Vec<Curve> {
    let mut curves: BTreeMap<u32, Curve> = BTreeMap::new();
    for line in text
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
    {
        let mut fields = line.split(',');
        let mut field = || fields.next().unwrap();
        let trial = field().parse().unwrap();
        let point = (field().parse().unwrap(), field().parse().unwrap());
        curves.entry(trial).or_default().push(point);
    }
    curves.into_values().collect()
}
