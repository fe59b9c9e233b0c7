//! A study on a real PostgreSQL: the same as in a file, shared by many processes, through restarts of the server.
//!
//! Where PostgreSQL is not installed the tests print `skipped`, and fail where `CI` or `XP_CLUSTER_TESTS` is set.

#![cfg(feature = "postgres")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sample;

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use sample::{identity, keeps_every_outcome, point, repeated};
use serde_json::{Map, json};
use xp_clock::Clock;
use xp_postgres::Settings;
use xp_search::{
    OnWait, Outcome, Sampler, Study, StudyError, TrialState, Wait, visibility::Visibility,
};
use xp_spec::space::Value;
use xp_test_support::{Server, ServerOptions as Options};

fn settings(server: &Server) -> Settings {
    // Without a limit, which a manual clock would have passed at once.
    let url = format!("{}?connect_timeout=0", server.url());
    Settings::of_process(&url).unwrap().0
}

/// Waits for a server as long as it takes.
fn patient() -> OnWait {
    Box::new(|_, _| true)
}

fn open(server: &Server) -> Study {
    Study::open_server(&settings(server), identity(), &Clock::system(), patient()).unwrap()
}

fn shared(most: u32) -> Visibility {
    Visibility::All { most }
}

#[test]
fn every_outcome_is_kept_apart_and_read_back() {
    let Some(server) = Server::begin(&Options::default()) else {
        return;
    };
    keeps_every_outcome(|| open(&server));
    // The same name with another specification is refused, and what there is stays.
    let mut other = identity();
    other.spec = json!({"context": 60});
    other.spec_hash = "xyz".to_owned();
    let refused = Study::open_server(&settings(&server), other, &Clock::system(), patient());
    let error = refused.expect_err("it was opened").to_string();
    assert!(
        error.contains("spec hash is abc") && error.contains("`context` was 80, is 60"),
        "{error}"
    );
    // Who only looks changes nothing.
    let name = &identity().name;
    let looked = Study::open_server_read_only(&settings(&server), name, &Clock::system());
    assert_eq!(*looked.unwrap().unwrap().identity(), identity());
    let absent = Study::open_server_read_only(&settings(&server), "none", &Clock::system());
    assert!(absent.unwrap().is_none());
}

/// The tables are those that Optuna 5.0.0 makes on PostgreSQL 15, to the letter.
#[test]
fn the_schema_is_optunas() {
    let Some(server) = Server::begin(&Options::default()) else {
        return;
    };
    drop(open(&server));
    let schema = server.sql(
        "SELECT c.table_name, c.column_name, c.data_type, c.udt_name, c.is_nullable, c.column_default, c.character_maximum_length
         FROM information_schema.columns c WHERE c.table_schema = 'public' ORDER BY 1, 2;
         SELECT t.typname, e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid ORDER BY 1, e.enumsortorder;
         SELECT conrelid::regclass::text COLLATE \"C\", conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2;
         SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2;
         SELECT * FROM version_info; SELECT * FROM alembic_version",
    );
    assert_eq!(
        schema.trim(),
        include_str!("fixtures/optuna_5_postgresql_15.txt").trim()
    );
}

#[test]
fn a_suggestion_of_many_workers_can_be_repeated_from_what_it_saw() {
    let Some(server) = Server::begin(&Options::default()) else {
        return;
    };
    drop(open(&server));
    let started = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (started, server) = (&started, &server);
            scope.spawn(move || {
                let mut study = open(server);
                loop {
                    match study.start_suggested(&Sampler::Auto.into(), 5, shared(40)) {
                        Ok((number, assignment)) => {
                            started.fetch_add(1, Ordering::Relaxed);
                            let Some(Value::Float(rate)) = assignment.get("learning_rate") else {
                                panic!("no rate");
                            };
                            study.report(number, 1, *rate).unwrap();
                            let outcome = match (number + worker) % 5 {
                                0 => Outcome::Pruned,
                                1 => Outcome::Nan,
                                _ => Outcome::Complete { value: *rate },
                            };
                            study.finish(number, &outcome, &Map::new()).unwrap();
                        }
                        Err(StudyError::Enough { trials }) => break assert_eq!(trials, 40),
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    assert_eq!(started.into_inner(), 40);
    let mut study = open(&server);
    let trials = study.trials().unwrap().to_vec();
    assert_eq!(trials.len(), 40);
    let points: BTreeSet<String> = trials
        .iter()
        .map(|trial| format!("{:?}", trial.assignment))
        .collect();
    assert_eq!(points.len(), 40, "a point was tried twice");
    repeated(&mut study);
}

/// Each operation is made with the server gone: it is stored once, and a trial whose number was never heard of is found again.
#[test]
fn a_server_that_restarts_costs_no_trial() {
    let Some(server) = Server::begin(&Options::default()) else {
        return;
    };
    let mut study = open(&server);
    for number in 0..4_u32 {
        server.restart(number % 2 == 0);
        let (started, _) = study
            .start_suggested(&Sampler::Sobol.into(), 3, shared(9))
            .unwrap();
        assert_eq!(started, number);
        server.restart(true);
        study.report(number, 1, 0.5).unwrap();
        server.restart(false);
        study.heartbeat().unwrap();
        server.restart(true);
        let outcome = Outcome::Complete {
            value: f64::from(number),
        };
        study.finish(number, &outcome, &Map::new()).unwrap();
    }
    server.restart(true);
    let trials = study.trials().unwrap();
    let values: Vec<Option<f64>> = trials.iter().map(|trial| trial.value).collect();
    assert_eq!(values, [0.0, 1.0, 2.0, 3.0].map(Some));
    assert!(trials.iter().all(|trial| trial.intermediate == [(1, 0.5)]));
    // While it is away somebody is asked, who may give up.
    server.stop();
    let asked = std::rc::Rc::new(std::cell::Cell::new(0));
    let seen = std::rc::Rc::clone(&asked);
    study.on_wait(Box::new(move |wait, _| {
        assert!(matches!(wait, Wait::Away(_)));
        seen.set(seen.get() + 1);
        seen.get() < 2
    }));
    let refused = study.trials().unwrap_err();
    assert!(
        matches!(refused, StudyError::Disconnected { .. }),
        "{refused}"
    );
    assert_eq!(asked.get(), 2);
    server.start();
    assert_eq!(study.trials().unwrap().len(), 4);
}

/// A trial of another machine is taken over when its heartbeats have not come for long, by the clock of the server and while somebody looked;
/// who lost it is told, and cannot write to it.
#[test]
fn a_trial_of_another_machine_is_taken_over_when_it_falls_silent() {
    let Some(server) = Server::begin(&Options::default()) else {
        return;
    };
    let clock = Clock::manual();
    let mut study = open(&server);
    let number = study.start_trial(&point(0)).unwrap();
    study.report(number, 1, 0.5).unwrap();
    let owner = json!({"pid": 1, "host": "elsewhere", "boot_id": "b", "started": 1}).to_string();
    server.sql(&format!(
        "UPDATE trial_system_attributes SET value_json = '{owner}' WHERE key = 'owner'"
    ));
    for refused in [
        study.report(number, 2, 0.4),
        study.finish(number, &Outcome::Complete { value: 0.1 }, &Map::new()),
    ] {
        let refused = refused.unwrap_err();
        assert!(
            matches!(&refused, StudyError::TakenOver { pid: 1, .. }),
            "{refused}"
        );
    }
    let mut other = Study::open_server(&settings(&server), identity(), &clock, patient()).unwrap();
    let mut look = |seconds: u64, age: u32| {
        server.sql(&format!(
            "UPDATE trial_heartbeats SET heartbeat = date_trunc('day', heartbeat) WHERE {age} > 300;
             UPDATE trial_heartbeats SET heartbeat = LOCALTIMESTAMP WHERE {age} <= 300"
        ));
        clock.advance(Duration::from_secs(seconds));
        other.heartbeat().unwrap();
        other.trials().unwrap()[0].state
    };
    // Its clock says so, and nobody has looked for long enough.
    assert_eq!(look(0, 400), TrialState::Running);
    assert_eq!(look(60, 400), TrialState::Running);
    // Nobody could look for ten minutes, as when the server was away: all were silent then.
    assert_eq!(look(600, 400), TrialState::Running);
    assert_eq!(look(80, 400), TrialState::Running);
    // A heartbeat came.
    assert_eq!(look(30, 0), TrialState::Running);
    assert_eq!(look(30, 400), TrialState::Running);
    assert_eq!(look(80, 400), TrialState::Running);
    assert_eq!(look(30, 400), TrialState::Interrupted);
    assert_eq!(other.resume_trial(number).unwrap(), point(0));
    let twice = study.resume_trial(number).unwrap_err();
    assert!(matches!(twice, StudyError::WrongState { .. }), "{twice}");
    other.report(number, 2, 0.4).unwrap();
    assert_eq!(
        other.trials().unwrap()[0].intermediate,
        [(1, 0.5), (2, 0.4)]
    );
}

/// Of a trial that runs, only what has come to its curve is read; all of it where a step was reported again, and at its end.
#[test]
fn curves_of_running_trials_grow() {
    let Some(server) = Server::begin(&Options::default()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.db");
    let in_file = || Study::open(&file, identity(), &Clock::system()).unwrap();
    for (mut one, mut other) in [(open(&server), open(&server)), (in_file(), in_file())] {
        for number in 0..2 {
            one.start_trial(&point(number)).unwrap();
        }
        let look = |study: &mut Study, expected: [&[(u32, f64)]; 2]| {
            let trials = study.trials().unwrap();
            for (number, curve) in (0..).zip(expected) {
                assert_eq!(trials[number].intermediate, curve);
                assert_eq!(trials[number].assignment, point(number as u32));
            }
        };
        look(&mut other, [&[], &[]]);
        one.report(0, 1, 0.5).unwrap();
        one.report(1, 3, 0.7).unwrap();
        one.report(1, 5, 0.6).unwrap();
        look(&mut other, [&[(1, 0.5)], &[(3, 0.7), (5, 0.6)]]);
        one.report(0, 2, 0.4).unwrap();
        look(&mut other, [&[(1, 0.5), (2, 0.4)], &[(3, 0.7), (5, 0.6)]]);
        // A suggestion does not read them, and the next look does.
        one.report(0, 4, 0.3).unwrap();
        let started = other.start_suggested(&Sampler::Random.into(), 3, shared(9));
        assert_eq!(started.unwrap().0, 2);
        let grown = [(1, 0.5), (2, 0.4), (4, 0.3)];
        look(&mut other, [&grown, &[(3, 0.7), (5, 0.6)]]);
        other.report(1, 3, 0.9).unwrap();
        look(&mut other, [&grown, &[(3, 0.9), (5, 0.6)]]);
        one.report(1, 5, 0.1).unwrap();
        let outcome = Outcome::Complete { value: 0.1 };
        one.finish(1, &outcome, &Map::new()).unwrap();
        look(&mut other, [&grown, &[(3, 0.9), (5, 0.1)]]);
        assert_eq!(one.trials().unwrap(), other.trials().unwrap());
    }
}

#[test]
fn one_process_at_a_time_writes_the_results() {
    let Some(server) = Server::begin(&Options::default()) else {
        return;
    };
    let (mut first, mut second) = (open(&server), open(&server));
    assert!(first.claim_results().unwrap());
    assert!(first.claim_results().unwrap());
    assert!(!second.claim_results().unwrap());
    server.restart(true);
    assert!(
        second.claim_results().unwrap(),
        "who had it was disconnected"
    );
    assert!(!first.claim_results().unwrap());
    drop(second);
    xp_test_support::wait_until(
        "the server notices",
        || false,
        || first.claim_results().unwrap(),
    );
}

/// Who was taken for dead and comes back goes on with its trial as long as nobody else does.
#[test]
fn a_process_that_comes_back_keeps_what_nobody_has_taken() {
    let Some(server) = Server::begin(&Options::default()) else {
        return;
    };
    let (mut study, mut other) = (open(&server), open(&server));
    for number in 0..3 {
        study.start_trial(&point(number)).unwrap();
        other.trials().unwrap();
        other.interrupt(number).unwrap();
    }
    study.report(0, 1, 0.5).unwrap();
    assert_eq!(study.trials().unwrap()[0].state, TrialState::Running);
    assert_eq!(study.heartbeat().unwrap(), Vec::<u32>::new());
    let outcome = Outcome::Complete { value: 0.25 };
    study.finish(0, &outcome, &Map::new()).unwrap();
    study.finish(1, &outcome, &Map::new()).unwrap();
    // A third process goes on with the last one.
    let owner = json!({"pid": 1, "host": "elsewhere", "boot_id": "b", "started": 1}).to_string();
    other.resume_trial(2).unwrap();
    server.sql(&format!(
        "UPDATE trial_system_attributes SET value_json = '{owner}' WHERE key = 'owner' AND trial_id = 3"
    ));
    assert_eq!(study.heartbeat().unwrap(), [2]);
    for refused in [
        study.report(2, 1, 0.5),
        study.finish(2, &outcome, &Map::new()),
    ] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, StudyError::TakenOver { .. }), "{refused}");
    }
    let states: Vec<TrialState> = other.trials().unwrap().iter().map(|t| t.state).collect();
    assert_eq!(
        states,
        [
            TrialState::Complete,
            TrialState::Complete,
            TrialState::Running
        ]
    );
}
