//! A study as tests of files and of servers have it, and what both must do with it.

#![allow(dead_code, reason = "each test uses its part")]

use serde_json::{Map, json};
use xp_search::{
    Direction, Observation, Outcome, Sampler, Study, StudyIdentity, TrialState, best, counts,
    suggest,
};
use xp_spec::{
    architecture::Architecture,
    space::{Assignment, Domain, Parameter, SearchSpace, Value},
};

pub(crate) fn space() -> SearchSpace {
    let parameter = |name: &str, domain| Parameter {
        name: name.to_owned(),
        domain,
    };
    let shape = |d_model, n_layers| Architecture {
        d_model,
        n_layers,
        n_heads: 8,
        d_ff: 4 * d_model,
    };
    SearchSpace {
        parameters: vec![
            parameter(
                "architecture",
                Domain::Architecture {
                    shapes: vec![shape(192, 4), shape(256, 2), shape(128, 9)],
                },
            ),
            parameter(
                "learning_rate",
                Domain::Log {
                    low: 1e-4,
                    high: 1e-3,
                },
            ),
            parameter(
                "warmup",
                Domain::Choice {
                    values: [100, 200, 500].map(Value::Int).to_vec(),
                },
            ),
            parameter(
                "loss",
                Domain::Choice {
                    values: ["bce", "focal"].map(|n| Value::Text(n.into())).to_vec(),
                },
            ),
            parameter(
                "steps",
                Domain::Int {
                    low: 5,
                    high: 52,
                    step: 5,
                },
            ),
        ],
    }
}

pub(crate) fn identity() -> StudyIdentity {
    StudyIdentity {
        name: "phase6a_hpo_2M_threshold_1pct".to_owned(),
        spec_hash: "abc".to_owned(),
        data_md5: "def".to_owned(),
        direction: Direction::Minimize,
        metric: "val_loss".to_owned(),
        spec: serde_json::json!({"context": 80}),
        space: space(),
    }
}

pub(crate) fn point(number: u32) -> Assignment {
    suggest(&space(), &Sampler::Sobol.into(), 3, number, &[], &[]).unwrap()
}

/// Keeps every outcome apart and reads it back, in a study that is opened twice.
pub(crate) fn keeps_every_outcome(open: impl Fn() -> Study) {
    let mut study = open();
    assert!(study.open_report().created);
    let failed = Outcome::Failed {
        message: "it \"broke\"\nthere".to_owned(),
    };
    let outcomes = [
        Outcome::Complete { value: 0.25 },
        Outcome::Complete { value: f64::NAN },
        Outcome::Pruned,
        failed,
        Outcome::Nan,
        Outcome::OutOfMemory,
        Outcome::TimedOut,
        Outcome::Thermal,
        Outcome::Interrupted,
    ];
    let mut attributes = Map::new();
    attributes.insert("steps".to_owned(), json!(2));
    attributes.insert("nested".to_owned(), json!({"a": [1.5, null]}));
    for (number, outcome) in (0..).zip(&outcomes) {
        assert_eq!(study.start_trial(&point(number)).unwrap(), number);
        study.report(number, 1, 0.1 + 0.2).unwrap();
        study.report(number, 2, 0.5).unwrap();
        study.report(number, 3, f64::NEG_INFINITY).unwrap();
        study.report(number, 2, 0.4).unwrap();
        study.finish(number, outcome, &attributes).unwrap();
    }
    let running = study.start_trial(&point(9)).unwrap();
    let seen = study.trials().unwrap().to_vec();
    drop(study);
    let mut study = open();
    assert!(!study.open_report().created);
    assert_eq!(study.open_report().running_locally, [running]);
    let trials = study.trials().unwrap().to_vec();
    assert_eq!(trials, seen);
    for (number, trial) in (0..).zip(&trials) {
        assert_eq!(trial.number, number);
        assert_eq!(trial.assignment, point(number));
    }
    let expected = [
        TrialState::Complete,
        TrialState::Nan,
        TrialState::Pruned,
        TrialState::Failed,
        TrialState::Nan,
        TrialState::OutOfMemory,
        TrialState::TimedOut,
        TrialState::Thermal,
        TrialState::Interrupted,
        TrialState::Running,
    ];
    let states: Vec<TrialState> = trials.iter().map(|trial| trial.state).collect();
    assert_eq!(states, expected);
    assert_eq!(trials[0].value, Some(0.25));
    assert_eq!(trials[2].value, Some(0.4));
    assert!(trials[3..].iter().all(|trial| trial.value.is_none()));
    let curve = vec![(1, 0.1 + 0.2), (2, 0.4), (3, f64::NEG_INFINITY)];
    assert!(trials[..9].iter().all(|trial| trial.intermediate == curve));
    assert_eq!(counts(&trials)[&TrialState::Nan], 2);
    assert_eq!(best(&trials).map(|trial| trial.number), Some(0));
    let stored = study.attributes(3).unwrap();
    assert_eq!(stored["nested"], attributes["nested"]);
    assert_eq!(stored["error"], "it \"broke\"\nthere");
    assert_eq!(study.owner(9).unwrap().unwrap().pid, std::process::id());
}

/// Repeats each suggestion of a study from what it saw, which is returned.
pub(crate) fn repeated(study: &mut Study) -> Vec<Observation> {
    let trials = study.trials().unwrap().to_vec();
    let repeat = |trial: &xp_search::Trial| {
        let stored = study.attributes(trial.number).unwrap();
        let observation: Observation = serde_json::from_value(stored["saw"].clone()).unwrap();
        let (history, running) = observation.arguments(&trials);
        let again = suggest(
            &space(),
            &Sampler::Auto.into(),
            5,
            trial.number,
            &history,
            &running,
        );
        assert_eq!(again.as_ref(), Ok(&trial.assignment), "{}", trial.number);
        observation
    };
    trials.iter().map(repeat).collect()
}
