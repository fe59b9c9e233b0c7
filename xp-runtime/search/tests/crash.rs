//! kill −9 between any two operations loses nothing that was reported as stored (F31, F32).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use xp_clock::Clock;
use xp_search::{Study, StudyIdentity, TrialState};
use xp_spec::space::{Domain, Parameter, SearchSpace};

fn identity() -> StudyIdentity {
    StudyIdentity {
        name: "crash".to_owned(),
        spec_hash: "1".to_owned(),
        data_md5: "2".to_owned(),
        direction: Default::default(),
        metric: "val_loss".to_owned(),
        spec: serde_json::json!({"context": 80}),
        space: SearchSpace {
            parameters: vec![Parameter {
                name: "x".to_owned(),
                domain: Domain::Uniform {
                    low: 0.0,
                    high: 1.0,
                },
            }],
        },
    }
}

#[test]
fn a_killed_worker_loses_nothing_that_it_stored() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.db");
    let tests = std::env::current_exe().unwrap();
    let victim = tests
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples/crash_study");
    let mut acknowledged: Vec<(String, u32, u32, f64)> = Vec::new();
    let mut open = Vec::new();
    // Killed after another kind of operation each time.
    for lines in [1, 2, 4, 5, 6, 13, 38] {
        let mut child = Command::new(&victim)
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", victim.display()));
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut printed = output.lines().map(Result::unwrap);
        let parse = |line: String| {
            let words: Vec<&str> = line.split(' ').collect();
            (
                words[0].to_owned(),
                words[1].parse().unwrap(),
                words[2].parse().unwrap(),
                words[3].parse().unwrap(),
            )
        };
        acknowledged.extend(printed.by_ref().take(lines).map(parse));
        child.kill().unwrap();
        child.wait().unwrap();
        // What it printed after the last line that was waited for, until it was killed.
        acknowledged.extend(printed.map(parse));

        let mut study = Study::open(&file, identity(), &Clock::system()).unwrap();
        assert!(study.open_report().interrupted.len() <= 1);
        open.extend(study.open_report().interrupted.clone());
        let trials = study.trials().unwrap();
        for (number, trial) in (0..).zip(trials) {
            assert_eq!(trial.number, number);
            assert_ne!(trial.state, TrialState::Running);
        }
        for (what, number, epoch, value) in &acknowledged {
            let trial = &trials[*number as usize];
            match what.as_str() {
                "started" => assert!(trial.assignment.contains_key("x")),
                "reported" => assert!(trial.intermediate.contains(&(*epoch, *value))),
                _ => {
                    assert_eq!(trial.state, TrialState::Complete);
                    assert_eq!(trial.value, Some(*value));
                }
            }
        }
    }
    assert!(!open.is_empty(), "no kill hit a running trial");
    let mut study = Study::open(&file, identity(), &Clock::system()).unwrap();
    assert!(study.open_report().interrupted.is_empty());
    let taken = open[0];
    let before = study.trials().unwrap()[taken as usize].clone();
    assert_eq!(before.state, TrialState::Interrupted);
    assert_eq!(study.resume_trial(taken).unwrap(), before.assignment);
    let trials = study.trials().unwrap();
    assert_eq!(trials[taken as usize].state, TrialState::Running);
    assert_eq!(trials[taken as usize].intermediate, before.intermediate);
}
