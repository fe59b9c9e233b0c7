//! What every sampler of `Sampler::ALL` must hold: values inside the domains, no point twice, the same trials after a restart, failures behind
//! every value, and better than random on the thirteen problems.

#![allow(
    clippy::approx_constant,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

#[expect(dead_code, reason = "the learning-curve problem is the bench's")]
mod problems;

use problems::{all, median, regret};
use serde_json::Map;
use xp_clock::Clock;
use xp_search::{
    Decision, Outcome, Pruner, Sampler, Strategy, Study, StudyIdentity, SuggestError, Trial,
    TrialState, decide, suggest,
    visibility::{Visibility, blocked_by, visible},
};
use xp_spec::{
    architecture::Architecture,
    space::{Assignment, Domain, Parameter, SearchSpace, Value},
};

fn space(domains: Vec<(&str, Domain)>) -> SearchSpace {
    let parameter = |(name, domain): (&str, Domain)| Parameter {
        name: name.to_owned(),
        domain,
    };
    SearchSpace {
        parameters: domains.into_iter().map(parameter).collect(),
    }
}

/// 36 shapes: widths, depths and heads, not a product, as in the grid of a budget.
fn shapes() -> Vec<Architecture> {
    (2..=19)
        .flat_map(|n_layers| {
            [4, 8].map(|n_heads| Architecture {
                d_model: 32 * (40 / n_layers).max(2),
                n_layers,
                n_heads,
                d_ff: 64 * (40 / n_layers).max(2),
            })
        })
        .collect()
}

/// One parameter of each kind.
fn every_kind() -> SearchSpace {
    space(vec![
        (
            "zeta",
            Domain::Uniform {
                low: -2.0,
                high: 3.0,
            },
        ),
        (
            "learning_rate",
            Domain::Log {
                low: 1e-5,
                high: 1e-1,
            },
        ),
        (
            "steps",
            Domain::Int {
                low: 5,
                high: 52,
                step: 5,
            },
        ),
        (
            "hidden",
            Domain::LogInt {
                low: 1,
                high: 100_000,
            },
        ),
        (
            "fixed",
            Domain::Uniform {
                low: 0.1,
                high: 0.1,
            },
        ),
        (
            "warmup",
            Domain::Choice {
                values: [500, 100, 300, 200].map(Value::Int).to_vec(),
            },
        ),
        (
            "loss",
            Domain::Choice {
                values: ["bce", "focal", "soft_auc"]
                    .map(|n| Value::Text(n.into()))
                    .to_vec(),
            },
        ),
        ("architecture", Domain::Architecture { shapes: shapes() }),
    ])
}

fn holds(domain: &Domain, value: &Value) -> bool {
    match (domain, value) {
        (Domain::Uniform { low, high } | Domain::Log { low, high }, Value::Float(x)) => {
            (low..=high).contains(&x)
        }
        (Domain::Int { low, high, step }, Value::Int(x)) => {
            (low..=high).contains(&x) && (x - low) % step == 0
        }
        (Domain::LogInt { low, high }, Value::Int(x)) => (low..=high).contains(&x),
        (Domain::Choice { values }, value) => values.contains(value),
        (Domain::Architecture { shapes }, Value::Architecture(shape)) => shapes.contains(shape),
        _ => false,
    }
}

/// A smooth objective over [`every_kind`]; also a state, since some trials fail.
fn outcome(assignment: &Assignment, number: u32) -> (TrialState, Option<f64>) {
    let number_of = |name: &str| match assignment[name] {
        Value::Float(x) => x,
        Value::Int(x) => x as f64,
        _ => 0.0,
    };
    let loss = (number_of("learning_rate").log10() + 3.0).powi(2) + number_of("zeta").abs();
    match number % 7 {
        3 => (TrialState::Pruned, None),
        4 => (TrialState::Nan, None),
        5 => (TrialState::OutOfMemory, None),
        6 => (TrialState::Complete, Some(f64::NAN)),
        _ => (TrialState::Complete, Some(loss)),
    }
}

fn run(space: &SearchSpace, sampler: Sampler, seed: u64, trials: u32) -> Vec<Trial> {
    let mut history = Vec::new();
    for number in 0..trials {
        let assignment = suggest(space, &sampler.into(), seed, number, &history, &[]).unwrap();
        let (state, value) = outcome(&assignment, number);
        history.push(Trial {
            number,
            state,
            assignment,
            value,
            intermediate: vec![(1, f64::from(number % 5)), (2, f64::NAN)],
        });
    }
    history
}

#[test]
fn values_lie_in_their_domains_and_no_point_comes_twice() {
    let space = every_kind();
    for (_, sampler) in Sampler::ALL {
        for seed in [0, 1, u64::MAX] {
            let trials = run(&space, sampler, seed, 40);
            for trial in &trials {
                assert_eq!(trial.assignment.len(), space.parameters.len());
                for parameter in &space.parameters {
                    let value = &trial.assignment[&parameter.name];
                    assert!(
                        holds(&parameter.domain, value),
                        "{sampler:?}: {} = {value:?}",
                        parameter.name
                    );
                }
                let same = |other: &&Trial| other.assignment == trial.assignment;
                assert_eq!(trials.iter().filter(same).count(), 1, "{sampler:?}");
            }
        }
    }
}

#[test]
fn a_finite_space_is_used_up_without_repetition() {
    let space = space(vec![
        (
            "a",
            Domain::Int {
                low: 1,
                high: 5,
                step: 1,
            },
        ),
        (
            "b",
            Domain::Choice {
                // Equal values are one.
                values: vec![Value::Int(2), Value::Float(2.0), Value::Int(7)],
            },
        ),
        (
            "c",
            Domain::Choice {
                values: ["x", "y"].map(|n| Value::Text(n.into())).to_vec(),
            },
        ),
    ]);
    for (_, sampler) in Sampler::ALL {
        let mut history: Vec<Trial> = Vec::new();
        for number in 0..20 {
            let assignment = suggest(&space, &sampler.into(), 9, number, &history, &[]).unwrap();
            assert!(
                history.iter().all(|trial| trial.assignment != assignment),
                "{sampler:?}"
            );
            history.push(Trial {
                number,
                state: TrialState::Complete,
                assignment,
                value: Some(f64::from(number)),
                intermediate: Vec::new(),
            });
        }
        assert_eq!(
            suggest(&space, &sampler.into(), 9, 20, &history, &[]),
            Err(SuggestError::SpaceExhausted { points: 20 }),
            "{sampler:?}"
        );
        // A running trial takes its point as well, an interrupted one gives it back.
        let last = history.pop().unwrap();
        let full = suggest(
            &space,
            &sampler.into(),
            9,
            20,
            &history,
            std::slice::from_ref(&last.assignment),
        );
        assert_eq!(full, Err(SuggestError::SpaceExhausted { points: 20 }));
        let point = last.assignment.clone();
        history.push(Trial {
            state: TrialState::Interrupted,
            value: None,
            ..last
        });
        assert_eq!(
            suggest(&space, &sampler.into(), 9, 20, &history, &[]),
            Ok(point)
        );
    }
}

#[test]
fn a_study_in_two_sittings_equals_one() {
    let folder = tempfile::tempdir().unwrap();
    let space = every_kind();
    let identity = || StudyIdentity {
        name: "sittings".to_owned(),
        spec_hash: "1".to_owned(),
        data_md5: "2".to_owned(),
        direction: Default::default(),
        metric: "val_loss".to_owned(),
        spec: serde_json::json!({"context": 80}),
        space: space.clone(),
    };
    for sampler in [Sampler::Auto, Sampler::Gp, Sampler::Tpe] {
        let go_on = |file: &str, trials: u32| {
            let file = folder.path().join(format!("{sampler:?}-{file}"));
            let mut study = Study::open(&file, identity(), &Clock::manual()).unwrap();
            for _ in 0..trials {
                let (number, assignment) = study
                    .start_suggested(&sampler.into(), 4, Visibility::Window(1))
                    .unwrap();
                study.report(number, 1, f64::from(number % 5)).unwrap();
                let end = match outcome(&assignment, number) {
                    (TrialState::Pruned, _) => Outcome::Pruned,
                    (TrialState::OutOfMemory, _) => Outcome::OutOfMemory,
                    (_, Some(value)) => Outcome::Complete { value },
                    _ => Outcome::Nan,
                };
                study.finish(number, &end, &Map::new()).unwrap();
            }
            study.trials().unwrap().to_vec()
        };
        go_on("two.db", 25);
        assert_eq!(go_on("two.db", 25), go_on("one.db", 50), "{sampler:?}");
    }
}

#[test]
fn the_order_of_history_does_not_matter() {
    let space = every_kind();
    for (_, sampler) in Sampler::ALL {
        let mut history = run(&space, sampler, 2, 20);
        let expected = suggest(&space, &sampler.into(), 2, 20, &history, &[]).unwrap();
        history.reverse();
        assert_eq!(
            suggest(&space, &sampler.into(), 2, 20, &history, &[]),
            Ok(expected)
        );
    }
}

#[test]
fn failures_rank_behind_every_value() {
    // All that is right of 0.5 fails; the values left of it fall towards that border.
    let space = space(vec![(
        "x",
        Domain::Uniform {
            low: 0.0,
            high: 1.0,
        },
    )]);
    for sampler in [Sampler::Gp, Sampler::Tpe] {
        let mut history = Vec::new();
        for number in 0..40 {
            let assignment = suggest(&space, &sampler.into(), 3, number, &history, &[]).unwrap();
            let Value::Float(x) = assignment["x"] else {
                panic!("x is real");
            };
            let state = match (x > 0.5, number % 3) {
                (false, _) => TrialState::Complete,
                (true, 0) => TrialState::Failed,
                (true, 1) => TrialState::Nan,
                (true, _) => TrialState::TimedOut,
            };
            history.push(Trial {
                number,
                state,
                assignment,
                value: (x <= 0.5).then_some(1.0 - x),
                intermediate: Vec::new(),
            });
        }
        // The value rises towards the border, so that half of all steps there fail; a sampler that forgot failures would go on
        // to the far end.
        let far = |trial: &&Trial| matches!(trial.assignment["x"], Value::Float(x) if x > 0.7);
        let far = history[15..].iter().filter(far).count();
        // Uniform draws would put 7.5 of the 25 there.
        assert!(far <= 5, "{sampler:?}: {far} of 25 far beyond the border");
        let lowest = history.iter().filter_map(|trial| trial.value);
        let lowest = lowest.fold(f64::INFINITY, f64::min);
        assert!(lowest < 0.52, "{sampler:?}: {lowest}");
    }
}

#[test]
fn start_up_tries_the_boundary_shapes() {
    let space = every_kind();
    let trials = run(&space, Sampler::Auto, 6, 8);
    let tried: Vec<Architecture> = trials
        .iter()
        .filter_map(|trial| match trial.assignment["architecture"] {
            Value::Architecture(shape) => Some(shape),
            _ => None,
        })
        .collect();
    let shapes = shapes();
    let widest = shapes.iter().map(|shape| shape.d_model).max();
    let narrowest = shapes.iter().map(|shape| shape.d_model).min();
    let deepest = shapes.iter().map(|shape| shape.n_layers).max();
    assert!(tried.iter().any(|shape| Some(shape.d_model) == widest));
    assert!(tried.iter().any(|shape| Some(shape.d_model) == narrowest));
    assert!(tried.iter().any(|shape| Some(shape.n_layers) == deepest));
}

#[test]
fn foreign_trials_and_empty_domains_are_named() {
    let space = every_kind();
    let mut history = run(&space, Sampler::Random, 1, 2);
    history[1]
        .assignment
        .insert("fixed".to_owned(), Value::Float(0.2));
    let error = suggest(&space, &Sampler::Auto.into(), 1, 2, &history, &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "trial 1 does not belong to this search space: 0.2 lies outside the domain of `fixed`; \
         leave such trials out or start a new study"
    );
    history[1].assignment.remove("fixed");
    let error = suggest(&space, &Sampler::Auto.into(), 1, 2, &history, &[]).unwrap_err();
    assert!(error.to_string().contains("`fixed` is missing"), "{error}");
    // Another program gives a running trial its parameters one after the other, or fails before.
    let alone = suggest(&space, &Sampler::Auto.into(), 1, 2, &history[..1], &[]);
    for state in [TrialState::Running, TrialState::Failed] {
        history[1].state = state;
        let suggested = suggest(&space, &Sampler::Auto.into(), 1, 2, &history, &[]);
        assert_eq!(suggested, alone, "{state}");
    }
    history[1].assignment = history[0].assignment.clone();
    history[1]
        .assignment
        .insert("gamma".to_owned(), Value::Int(1));
    let error = suggest(&space, &Sampler::Auto.into(), 1, 2, &history, &[]).unwrap_err();
    assert!(
        error.to_string().contains("`gamma` is not searched"),
        "{error}"
    );
    for domain in [
        Domain::Uniform {
            low: 1.0,
            high: 0.0,
        },
        Domain::Uniform {
            low: 0.0,
            high: f64::NAN,
        },
        Domain::Log {
            low: 0.0,
            high: 1.0,
        },
        Domain::Int {
            low: 3,
            high: 1,
            step: 1,
        },
        Domain::Int {
            low: 1,
            high: 3,
            step: 0,
        },
        Domain::LogInt { low: 0, high: 9 },
        Domain::Choice { values: vec![] },
        Domain::Choice {
            values: vec![Value::Float(f64::NAN)],
        },
        Domain::Architecture { shapes: vec![] },
    ] {
        let space = self::space(vec![("broken", domain.clone())]);
        let error = suggest(&space, &Sampler::Auto.into(), 1, 0, &[], &[]);
        assert!(
            matches!(error, Err(SuggestError::InvalidDomain { ref parameter, .. }) if parameter == "broken"),
            "{domain:?}"
        );
    }
}

#[test]
fn models_beat_random_search_on_the_thirteen_problems() {
    let medians = |sampler| -> Vec<f64> {
        all()
            .iter()
            .map(|problem| {
                median(
                    (1..=5)
                        .map(|seed| regret(problem, sampler, seed, 50, 1))
                        .collect(),
                )
            })
            .collect()
    };
    let random = medians(Sampler::Random);
    for (sampler, most) in [(Sampler::Gp, 0.3), (Sampler::Tpe, 0.6)] {
        let found = medians(sampler);
        let pairs = found.iter().zip(&random);
        let ratio = |(found, random): (&f64, &f64)| (found / random).max(0.01).ln();
        let mean = (pairs.map(ratio).sum::<f64>() / random.len() as f64).exp();
        assert!(mean < most, "{sampler:?}: {mean}");
    }
}

#[test]
fn problems_have_the_reference_values() {
    // From search_problems.py at one point each.
    for &(name, x, expected) in REFERENCE {
        let problems = all();
        let problem = problems
            .iter()
            .find(|problem| problem.name == name)
            .unwrap();
        let value = (problem.objective)(x);
        assert!(
            (value - expected).abs() < 1e-9 * (1.0 + expected.abs()),
            "{name}: {value}"
        );
    }
}

/// Problem, coordinates, value.
const REFERENCE: &[(&str, &[f64], f64)] = &[
    (
        "sphere5",
        &[-3.744, 3.558, 2.701, -2.508, -0.047],
        55.823774,
    ),
    (
        "rosenbrock4",
        &[1.742, 4.774, 6.831, -3.592],
        261319.66974737932,
    ),
    (
        "ackley5",
        &[-30.91, 22.005, -4.406, 17.189, -32.63],
        21.189343125127554,
    ),
    ("branin", &[1.681, 10.823], 59.828635412032824),
    ("hartmann3", &[0.229, 0.945, 0.901], -0.9123159894847941),
    (
        "hartmann6",
        &[0.031, 0.025, 0.541, 0.939, 0.381, 0.217],
        -0.016269822837033997,
    ),
    (
        "rastrigin5",
        &[-0.798, -4.823, -2.85, -0.636, -0.043],
        59.61850896691142,
    ),
    (
        "levy5",
        &[-5.338, -5.383, -5.624, -0.808, -4.204],
        65.89933473175083,
    ),
    (
        "styblinski5",
        &[-4.785, 3.376, 0.565, 1.423, -3.141],
        137.78649534791415,
    ),
    (
        "hpo_mlp7",
        &[0.0934, 0.0199, 0.073, 2.0, 933.0, 6.0, 16.0],
        1.7354286721267933,
    ),
    (
        "hpo_tf9",
        &[0.00557, 0.000129, 2.0, 0.0, 1.0, 153.0, 1800.0, 0.292, 0.15],
        2.488255338432831,
    ),
    (
        "hpo_cnn6_noisy",
        &[0.58, 0.696, 0.00259, 0.48, 3.0, 1.0],
        0.4080665430003319,
    ),
    (
        "hpo_twins4",
        &[0.00456, 0.000294, 0.441, 0.388],
        1.1186272027327653,
    ),
];

#[test]
fn forced_points_come_first_and_excluded_ones_never() {
    let space = space(vec![
        (
            "steps",
            Domain::Choice {
                values: [50, 75, 100].map(Value::Int).to_vec(),
            },
        ),
        (
            "layers",
            Domain::Int {
                low: 2,
                high: 5,
                step: 1,
            },
        ),
    ]);
    let point = |epochs: i64, layers: i64| {
        Assignment::from([
            ("steps".to_owned(), Value::Int(epochs)),
            ("layers".to_owned(), Value::Int(layers)),
        ])
    };
    for (_, sampler) in Sampler::ALL {
        let strategy = Strategy {
            first: vec![point(100, 5), point(50, 2)],
            exclude: vec![
                Assignment::from([("steps".to_owned(), Value::Int(75))]),
                point(100, 2),
            ],
            ..sampler.into()
        };
        let mut history = Vec::new();
        // Twelve points, four excluded by their epochs, one by both values.
        for number in 0..7 {
            let assignment = suggest(&space, &strategy, 9, number, &history, &[]).unwrap();
            if let Some(forced) = strategy.first.get(number as usize) {
                assert_eq!(assignment, *forced, "{sampler:?}");
            }
            assert!(
                !strategy.excludes(&assignment),
                "{sampler:?}: {assignment:?}"
            );
            history.push(Trial {
                number,
                state: TrialState::Complete,
                value: Some(f64::from(number)),
                assignment,
                intermediate: Vec::new(),
            });
        }
        assert!(
            matches!(
                suggest(&space, &strategy, 9, 7, &history, &[]),
                Err(SuggestError::SpaceExhausted { .. })
            ),
            "{sampler:?}"
        );
    }
}

/// Two workers of any speed: which of the two trials that run ends next is drawn anew each time.
#[test]
fn the_speed_of_workers_does_not_change_the_trials() {
    let folder = tempfile::tempdir().unwrap();
    let strategy = Strategy {
        pruner: Pruner::Median {
            fewest: 2,
            warmup: 0,
        },
        ..Strategy::from(Sampler::Auto)
    };
    let window = 4;
    let search = |speeds: u64| -> Vec<(Assignment, TrialState)> {
        let mut study = Study::open(
            &folder.path().join(format!("{speeds}.db")),
            StudyIdentity {
                name: "speeds".to_owned(),
                spec_hash: "1".to_owned(),
                data_md5: "2".to_owned(),
                direction: Default::default(),
                metric: "val_loss".to_owned(),
                spec: serde_json::json!({"context": 80}),
                space: every_kind(),
            },
            &Clock::manual(),
        )
        .unwrap();
        let (mut running, mut drawn) = (Vec::new(), speeds);
        loop {
            let trials = study.trials().unwrap();
            let next = trials.len() as u32;
            if next < 24
                && running.len() < 2
                && blocked_by(trials, next, Visibility::Window(window), &running).is_none()
            {
                running.push(
                    study
                        .start_suggested(&strategy, 3, Visibility::Window(window))
                        .unwrap()
                        .0,
                );
                continue;
            }
            if running.is_empty() {
                break;
            }
            drawn = drawn
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let number = running.remove((drawn >> 40) as usize % running.len());
            let value = f64::from(number * 7 % 13);
            study.report(number, 1, value).unwrap();
            let others = visible(study.trials().unwrap(), number, Visibility::Window(window));
            let decision = decide(&strategy.pruner, number, others, &[(1, value)], 1);
            let end = if decision == Decision::Prune {
                Outcome::Pruned
            } else {
                Outcome::Complete { value }
            };
            study.finish(number, &end, &Map::new()).unwrap();
        }
        let trials = study.trials().unwrap();
        trials
            .iter()
            .map(|trial| (trial.assignment.clone(), trial.state))
            .collect()
    };
    let first = search(1);
    assert_eq!(first.len(), 24);
    assert!(first.iter().any(|(_, state)| *state == TrialState::Pruned));
    for speeds in 2..6 {
        assert_eq!(search(speeds), first, "{speeds}");
    }
}
