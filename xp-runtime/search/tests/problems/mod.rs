//! The thirteen search problems and the learning-curve problem of `search_problems.py`, ported: nine from their published
//! definitions, four fabricated to look like hyperparameter searches. Shared by tests and the bench.

use std::{
    collections::VecDeque,
    f64::consts::{E, PI},
};

use xp_search::{Sampler, Trial, TrialState, suggest};
use xp_spec::space::{Assignment, Domain, Parameter, SearchSpace, Value};

const SHIFT: [f64; 5] = [1.3, -0.7, 2.1, 0.4, -1.9];

/// A problem: the objective takes coordinates in the order of the space; names are their index.
pub(crate) struct Problem {
    pub(crate) name: &'static str,
    pub(crate) space: SearchSpace,
    pub(crate) objective: fn(&[f64]) -> f64,
    pub(crate) optimum: f64,
    /// Standard deviation of the noise on observations.
    pub(crate) noise: f64,
    /// Whether it looks like a hyperparameter search.
    pub(crate) hyper: bool,
}

fn splitmix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn unit(key: u64) -> f64 {
    ((splitmix(key) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Standard normal noise of a key.
pub(crate) fn gauss(key: u64) -> f64 {
    let (a, b) = (key.wrapping_mul(2), key.wrapping_mul(2).wrapping_add(1));
    (-2.0 * unit(a).ln()).sqrt() * (2.0 * PI * unit(b)).cos()
}

fn shifted(x: &[f64]) -> impl Iterator<Item = f64> {
    x.iter().zip(SHIFT).map(|(a, s)| a - s)
}

fn sphere(x: &[f64]) -> f64 {
    shifted(x).map(|v| v * v).sum()
}

fn rosenbrock(x: &[f64]) -> f64 {
    let z: Vec<f64> = shifted(x).map(|v| v + 1.0).collect();
    z.windows(2)
        .map(|p| 100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2))
        .sum()
}

fn ackley(x: &[f64]) -> f64 {
    let z: Vec<f64> = x.iter().zip(SHIFT).map(|(a, s)| a - 4.0 * s).collect();
    let n = z.len() as f64;
    let square = z.iter().map(|v| v * v).sum::<f64>() / n;
    let wave = z.iter().map(|v| (2.0 * PI * v).cos()).sum::<f64>() / n;
    -20.0 * (-0.2 * square.sqrt()).exp() - wave.exp() + 20.0 + E
}

fn branin(x: &[f64]) -> f64 {
    let (a, b) = (x[0], x[1]);
    (b - 5.1 / (4.0 * PI * PI) * a * a + 5.0 / PI * a - 6.0).powi(2)
        + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * a.cos()
        + 10.0
}

fn hartmann<const N: usize>(x: &[f64], a: [[f64; N]; 4], p: [[f64; N]; 4]) -> f64 {
    let c = [1.0, 1.2, 3.0, 3.2];
    -(0..4)
        .map(|i| {
            let distance: f64 = (0..N).map(|j| a[i][j] * (x[j] - p[i][j]).powi(2)).sum();
            c[i] * (-distance).exp()
        })
        .sum::<f64>()
}

fn hartmann3(x: &[f64]) -> f64 {
    let row = [3.0, 10.0, 30.0];
    let other = [0.1, 10.0, 35.0];
    let p = [
        [0.3689, 0.1170, 0.2673],
        [0.4699, 0.4387, 0.7470],
        [0.1091, 0.8732, 0.5547],
        [0.0381, 0.5743, 0.8828],
    ];
    hartmann(x, [row, other, row, other], p)
}

fn hartmann6(x: &[f64]) -> f64 {
    let a = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    let p = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];
    hartmann(x, a, p)
}

fn rastrigin(x: &[f64]) -> f64 {
    shifted(x)
        .map(|v| v * v - 10.0 * (2.0 * PI * v).cos() + 10.0)
        .sum()
}

fn levy(x: &[f64]) -> f64 {
    let w: Vec<f64> = shifted(x).map(|v| 1.0 + v / 4.0).collect();
    let last = w[w.len() - 1];
    let middle: f64 = w[..w.len() - 1]
        .iter()
        .map(|w| (w - 1.0).powi(2) * (1.0 + 10.0 * (PI * w + 1.0).sin().powi(2)))
        .sum();
    (PI * w[0]).sin().powi(2)
        + middle
        + (last - 1.0).powi(2) * (1.0 + (2.0 * PI * last).sin().powi(2))
}

fn styblinski(x: &[f64]) -> f64 {
    let term = |z: f64| z.powi(4) - 16.0 * z * z + 5.0 * z;
    let terms = x.iter().zip(SHIFT).map(|(a, s)| term(a - 0.5 * s));
    0.5 * terms.sum::<f64>()
}

/// Saturates at 1.
fn sat(d: f64) -> f64 {
    d * d / (1.0 + d * d)
}

/// A deviation that costs more above 0.
fn steeper(d: f64, factor: f64) -> f64 {
    if d > 0.0 { d * factor } else { d }
}

fn mlp7(x: &[f64]) -> f64 {
    let (lr, wd, hidden) = (x[0].log10(), x[1].log10(), x[4].log2());
    let (dropout, layers, warmup) = (x[2], x[5], x[6]);
    let choice = x[3] as usize;
    let batch = [16.0_f64, 32.0, 64.0, 128.0, 256.0][choice];
    let penalty = [0.06, 0.02, 0.0, 0.03, 0.08][choice];
    let best = -3.0 + 0.5 * (batch / 64.0).log10() - 0.15 * (layers - 3.0) + 0.02 * (warmup - 8.0);
    let by_rate = steeper((lr - best) / 0.7, 1.6);
    let by_decay = (lr + wd + 6.3) / 1.2;
    let by_dropout = (dropout - (0.25 + 0.05 * (hidden - 8.0)).clamp(0.0, 0.6)) / 0.25;
    let by_size = (((layers - 3.0) / 3.0).powi(2) + ((hidden - 8.0) / 4.0).powi(2)).sqrt();
    0.25 + 1.2 * sat(by_rate)
        + 0.15 * sat(by_decay)
        + 0.12 * sat(by_dropout)
        + 0.2 * sat(by_size)
        + 0.05 * sat((warmup - 8.0) / 10.0)
        + penalty
}

fn tf9(x: &[f64]) -> f64 {
    let (lr, wd, batch) = (x[0].log10(), x[1].log10(), x[5].log2());
    let (optimizer, schedule, beta) = (x[2] as usize, x[3] as usize, x[4] as usize);
    let (warmup, smoothing, dropout) = (x[6], x[7], x[8]);
    let best = [-3.5, -3.0, -2.2][optimizer] + 0.15 * (batch - 6.0) + 0.0002 * (warmup - 600.0);
    let by_rate = steeper((lr - best) / 0.6, 1.8);
    1.5 + 1.5 * sat(by_rate)
        + 0.2 * sat(wd - [-2.0, -3.0, -4.0][optimizer])
        + [0.0, 0.03, 0.15][optimizer]
        + [0.0, 0.01, 0.05][schedule]
        + [0.01, 0.0, 0.02][beta]
        + 0.25 * sat((batch - 6.0) / 2.0)
        + 0.08 * sat((warmup - 600.0) / 500.0)
        + 0.05 * sat((smoothing - 0.1) / 0.1)
        + 0.1 * sat((dropout - 0.1 - 0.5 * (0.1 - smoothing)) / 0.1)
}

fn cnn6(x: &[f64]) -> f64 {
    let (lr, momentum, wd) = (x[0].log10(), x[1], x[2].log10());
    let (augment, choice, nesterov) = (x[3], x[4] as usize, x[5]);
    let batch = [32.0_f64, 64.0, 128.0, 256.0][choice];
    let effective = lr - (1.0 - momentum).log10();
    let by_rate = steeper((effective - (-0.3 + (batch / 128.0).log10())) / 0.6, 1.7);
    0.06 + 0.6 * sat(by_rate)
        + 0.05 * sat((momentum - 0.9) / 0.15)
        + 0.08 * sat((wd + lr + 4.8) / 0.8)
        + 0.06 * sat((augment - 0.45) / 0.3)
        + [0.02, 0.005, 0.0, 0.015][choice]
        + if nesterov > 0.5 { 0.0 } else { 0.006 }
}

fn twins4(x: &[f64]) -> f64 {
    let (a, b) = (x[0].log10(), x[1].log10());
    0.1 + 0.5 * sat((a + 4.2) / 0.5)
        + 0.5 * sat((b + 1.9) / 0.5)
        + 0.1 * sat((x[2] - 0.05) / 0.1)
        + 0.1 * sat((x[3] - 0.4) / 0.1)
}

/// Crossing noisy learning curves over the space of `hpo_mlp7`.
pub(crate) fn lc_epoch(x: &[f64], epoch: u32, key: u64) -> f64 {
    let base = mlp7(x);
    let batch = [16.0_f64, 32.0, 64.0, 128.0, 256.0][x[3] as usize];
    let speed = (1.5 * (x[0] / 1e-3).powf(0.25) * (64.0 / batch).powf(0.1)).clamp(0.2, 4.0);
    let value = base + (2.3 - base).max(0.0) * (1.0 + f64::from(epoch) / 2.0).powf(-speed);
    value + 0.01 * gauss(key.wrapping_mul(1000).wrapping_add(u64::from(epoch)))
}

fn float(low: f64, high: f64) -> Domain {
    Domain::Uniform { low, high }
}

fn log(low: f64, high: f64) -> Domain {
    Domain::Log { low, high }
}

fn int(low: i64, high: i64, step: i64) -> Domain {
    Domain::Int { low, high, step }
}

fn log_int(low: i64, high: i64) -> Domain {
    Domain::LogInt { low, high }
}

/// Names, so that samplers see no order, as in Optuna.
fn names(count: usize) -> Domain {
    let values = (0..count).map(|name| Value::Text(name.to_string()));
    Domain::Choice {
        values: values.collect(),
    }
}

fn space(domains: Vec<Domain>) -> SearchSpace {
    SearchSpace {
        parameters: domains
            .into_iter()
            .enumerate()
            .map(|(index, domain)| Parameter {
                name: format!("x{index}"),
                domain,
            })
            .collect(),
    }
}

/// Coordinates of an assignment in the order of its space.
pub(crate) fn coordinates(assignment: &Assignment) -> Vec<f64> {
    (0..assignment.len())
        .map(|index| match &assignment[&format!("x{index}")] {
            Value::Float(value) => *value,
            Value::Int(value) => *value as f64,
            Value::Text(name) => name.parse().expect("choices are numbers"),
            Value::Architecture(_) => f64::NAN,
        })
        .collect()
}

/// All thirteen.
pub(crate) fn all() -> Vec<Problem> {
    type Objective = fn(&[f64]) -> f64;
    let continuous = |name, domains, objective: Objective, optimum| Problem {
        name,
        space: space(domains),
        objective,
        optimum,
        noise: 0.0,
        hyper: false,
    };
    let hyper = |name, domains, objective: Objective, optimum, noise| Problem {
        name,
        space: space(domains),
        objective,
        optimum,
        noise,
        hyper: true,
    };
    let cube = |low, high, count| vec![float(low, high); count];
    vec![
        continuous("sphere5", cube(-5.12, 5.12, 5), sphere, 0.0),
        continuous("rosenbrock4", cube(-5.0, 10.0, 4), rosenbrock, 0.0),
        continuous("ackley5", cube(-32.768, 32.768, 5), ackley, 0.0),
        continuous(
            "branin",
            vec![float(-5.0, 10.0), float(0.0, 15.0)],
            branin,
            0.397887,
        ),
        continuous("hartmann3", cube(0.0, 1.0, 3), hartmann3, -3.862780),
        continuous("hartmann6", cube(0.0, 1.0, 6), hartmann6, -3.322368),
        continuous("rastrigin5", cube(-5.12, 5.12, 5), rastrigin, 0.0),
        continuous("levy5", cube(-10.0, 10.0, 5), levy, 0.0),
        continuous(
            "styblinski5",
            cube(-5.0, 5.0, 5),
            styblinski,
            -39.16616570377142 * 5.0,
        ),
        hyper(
            "hpo_mlp7",
            vec![
                log(1e-5, 1e-1),
                log(1e-6, 1e-1),
                float(0.0, 0.6),
                names(5),
                log_int(16, 1024),
                int(1, 6, 1),
                int(0, 20, 1),
            ],
            mlp7,
            0.25,
            0.0,
        ),
        hyper(
            "hpo_tf9",
            vec![
                log(1e-6, 1e-2),
                log(1e-6, 1e-1),
                names(3),
                names(3),
                names(3),
                log_int(8, 512),
                int(0, 2000, 100),
                float(0.0, 0.3),
                float(0.0, 0.3),
            ],
            tf9,
            1.5,
            0.0,
        ),
        hyper(
            "hpo_cnn6_noisy",
            vec![
                log(1e-4, 1.0),
                float(0.5, 0.999),
                log(1e-6, 1e-2),
                float(0.0, 1.0),
                names(4),
                names(2),
            ],
            cnn6,
            0.06,
            0.01,
        ),
        hyper(
            "hpo_twins4",
            vec![
                log(1e-5, 1e-1),
                log(1e-5, 1e-1),
                float(0.0, 0.5),
                float(0.0, 0.5),
            ],
            twins4,
            0.1,
            0.0,
        ),
    ]
}

/// Regret after `trials` trials with `workers` - 1 others running at every suggestion: the noise-free value of the trial with
/// the best observation, less the optimum.
pub(crate) fn regret(
    problem: &Problem,
    sampler: Sampler,
    seed: u64,
    trials: u32,
    workers: usize,
) -> f64 {
    let mut history: Vec<Trial> = Vec::new();
    let mut running: VecDeque<(u32, Assignment)> = VecDeque::new();
    let mut chosen = (f64::INFINITY, f64::INFINITY);
    for number in 0..trials + workers as u32 - 1 {
        if number < trials {
            let outstanding: Vec<Assignment> =
                running.iter().map(|(_, point)| point.clone()).collect();
            let assignment = suggest(
                &problem.space,
                &sampler.into(),
                seed,
                number,
                &history,
                &outstanding,
            )
            .expect("the space is endless");
            running.push_back((number, assignment));
        }
        if running.len() < workers && number < trials {
            continue;
        }
        let Some((number, assignment)) = running.pop_front() else {
            continue;
        };
        let clean = (problem.objective)(&coordinates(&assignment));
        let key = seed.wrapping_mul(100_000).wrapping_add(u64::from(number));
        let observed = clean + problem.noise * gauss(key);
        if observed < chosen.0 {
            chosen = (observed, clean);
        }
        history.push(Trial {
            number,
            state: TrialState::Complete,
            assignment,
            value: Some(observed),
            intermediate: Vec::new(),
        });
    }
    chosen.1 - problem.optimum
}

/// The middle value; of an even number the mean of the two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        0.5 * (values[middle - 1] + values[middle])
    } else {
        values[middle]
    }
}
