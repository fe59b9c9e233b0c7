//! The study file: what is written is read back, and a file of another study or program is refused and not changed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sample;

use std::{fs, path::Path, process::Stdio, time::Duration};

use sample::{identity, keeps_every_outcome, point, repeated};
use serde_json::{Map, json};
use xp_clock::Clock;
use xp_search::{
    Direction, Outcome, Sampler, Study, StudyError, StudyIdentity, TrialState, Wait,
    visibility::Visibility,
};
use xp_spec::space::{Domain, Value};

/// With a clock that stands still.
fn open(file: &Path) -> Study {
    Study::open(file, identity(), &Clock::manual()).unwrap()
}

#[test]
fn every_outcome_is_kept_apart_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deeper/study.db");
    keeps_every_outcome(|| open(&file));
}

#[test]
fn a_maximised_study_comes_out_minimised() {
    let folder = tempfile::tempdir().unwrap();
    let identity = StudyIdentity {
        direction: Direction::Maximize,
        ..identity()
    };
    let mut study = Study::open(&folder.path().join("s.db"), identity, &Clock::manual()).unwrap();
    study.start_trial(&point(0)).unwrap();
    study.report(0, 1, 0.7).unwrap();
    let outcome = Outcome::Complete { value: 0.8 };
    study.finish(0, &outcome, &Map::new()).unwrap();
    let trial = &study.trials().unwrap()[0];
    assert_eq!(trial.value, Some(-0.8));
    assert_eq!(trial.intermediate, [(1, -0.7)]);
}

#[test]
fn wrong_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut study = open(&folder.path().join("s.db"));
    let mut outside = point(0);
    outside.insert("learning_rate".to_owned(), Value::Float(0.5));
    let mut missing = point(0);
    missing.remove("loss");
    let mut unknown = point(0);
    unknown.insert("momentum".to_owned(), Value::Float(0.5));
    for (assignment, part) in [
        (outside, "outside the domain of `learning_rate`"),
        (missing, "`loss` is missing"),
        (unknown, "`momentum` is not searched"),
    ] {
        let error = study.start_trial(&assignment).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(study.trials().unwrap(), []);
    study.start_trial(&point(0)).unwrap();
    study.finish(0, &Outcome::Nan, &Map::new()).unwrap();
    for error in [
        study.report(0, 1, 0.5).unwrap_err(),
        study.finish(0, &Outcome::Nan, &Map::new()).unwrap_err(),
        study.resume_trial(0).unwrap_err(),
    ] {
        assert!(matches!(error, StudyError::WrongState { number: 0, .. }));
    }
    let absent = study.report(7, 1, 0.5).unwrap_err();
    assert!(matches!(absent, StudyError::NoSuchTrial { number: 7 }));
}

/// Opens with a changed identity; the error's text.
fn refusal(file: &Path, change: impl FnOnce(&mut StudyIdentity)) -> String {
    let before = fs::read(file).unwrap();
    let mut identity = identity();
    change(&mut identity);
    let error = match Study::open(file, identity, &Clock::manual()) {
        Ok(_) => panic!("{} was opened", file.display()),
        Err(error) => error.to_string(),
    };
    assert_eq!(fs::read(file).unwrap(), before, "it was written to");
    error
}

#[test]
fn another_study_or_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.db");
    let mut study = open(&file);
    for number in 0..40 {
        study.start_trial(&point(number)).unwrap();
        let outcome = Outcome::Complete { value: 0.5 };
        study.finish(number, &outcome, &Map::new()).unwrap();
    }
    drop(study);
    let error = refusal(&file, |identity| {
        identity.spec_hash = "xyz".to_owned();
        identity.spec = json!({"context": 60});
        identity.space.parameters.remove(3);
        identity.space.parameters[1].domain = Domain::Log {
            low: 1e-5,
            high: 1e-3,
        };
    });
    for part in [
        "spec hash is abc, the experiment's is xyz",
        "`loss` is no longer searched",
        "`context` was 80, is 60",
        "`learning_rate` was log(1e-4, 1e-3), is log(1e-5, 1e-3)",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let error = refusal(&file, |identity| identity.data_md5 = "other".to_owned());
    assert!(error.contains("MD5 of the data is def"), "{error}");
    let error = refusal(&file, |identity| identity.name = "other".to_owned());
    assert!(error.contains("not `other`"), "{error}");
    let error = refusal(&file, |identity| identity.direction = Direction::Maximize);
    assert!(error.contains("direction is MINIMIZE"), "{error}");

    let bytes = fs::read(&file).unwrap();
    let foreign = folder.path().join("foreign.db");
    for (content, part) in [
        (b"timestamp,experiment\n".to_vec(), "no SQLite database"),
        (bytes[..50].to_vec(), "only 50 bytes"),
        (bytes[..bytes.len() / 2].to_vec(), "damaged"),
        (bytes[..4096].to_vec(), "damaged"),
    ] {
        fs::write(&foreign, content).unwrap();
        let error = refusal(&foreign, |_| {});
        assert!(error.contains(part), "{error}");
    }
    fs::remove_file(&foreign).unwrap();
    let other = rusqlite::Connection::open(&foreign).unwrap();
    other.execute_batch("CREATE TABLE songs (a)").unwrap();
    drop(other);
    let error = refusal(&foreign, |_| {});
    assert!(
        error.contains("another program, with tables songs"),
        "{error}"
    );

    // An empty file holds nothing that could be lost.
    fs::write(&foreign, b"").unwrap();
    assert!(open(&foreign).open_report().created);
    assert_eq!(open(&file).trials().unwrap().len(), 40);
    let error = Study::open(
        Path::new("/proc/none/study.db"),
        identity(),
        &Clock::manual(),
    );
    assert!(matches!(error, Err(StudyError::Unreachable { .. })));
}

#[test]
fn trials_that_fit_a_changed_space_are_taken_over_once_and_the_others_named() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.db");
    let maximised = |mut identity: StudyIdentity| {
        identity.direction = Direction::Maximize;
        identity
    };
    let mut study = Study::open(&old, maximised(identity()), &Clock::manual()).unwrap();
    let mut attributes = Map::new();
    attributes.insert("seed".to_owned(), json!(7));
    for number in 0..9_u32 {
        let mut point = point(number);
        // Three of them lie outside what is searched next.
        let rate = if number % 3 == 0 { 2e-4 } else { 7e-4 };
        point.insert("learning_rate".to_owned(), Value::Float(rate));
        study.start_trial(&point).unwrap();
        study.report(number, 1, f64::from(number)).unwrap();
        study.report(number, 2, f64::NAN).unwrap();
        let outcome = match number {
            4 => Outcome::Pruned,
            5 => Outcome::OutOfMemory,
            7 => Outcome::Interrupted,
            _ => Outcome::Complete {
                value: 0.5 + f64::from(number),
            },
        };
        study.finish(number, &outcome, &attributes).unwrap();
    }
    study.start_trial(&point(20)).unwrap();
    drop(study);
    let before = fs::read(&old).unwrap();
    let mut earlier = Study::open_read_only(&old, &Clock::manual()).unwrap();
    assert_eq!(*earlier.identity(), maximised(identity()));
    assert_eq!(earlier.trials().unwrap()[9].state, TrialState::Running);

    let mut next = maximised(identity());
    next.spec_hash = "next".to_owned();
    next.space.parameters[1].domain = Domain::Log {
        low: 5e-4,
        high: 1e-2,
    };
    let file = folder.path().join("next.db");
    let fit = |trial: &xp_search::Trial| match trial.number {
        8 => Err("`x` was 1, is 2".to_owned()),
        _ => Ok(trial.assignment.clone()),
    };
    let mut study = Study::open(&file, next.clone(), &Clock::manual()).unwrap();
    let imported = study.import_trials(&mut earlier, fit).unwrap();
    assert_eq!(imported.copied, [(1, 0), (2, 1), (4, 2), (5, 3)]);
    let skipped: Vec<u32> = imported.skipped.iter().map(|(number, _)| *number).collect();
    assert_eq!(skipped, [0, 3, 6, 7, 8, 9]);
    for (at, part) in [
        (0, "outside the domain of `learning_rate`"),
        (3, "it is interrupted"),
        (4, "`x` was 1, is 2"),
        (5, "it is still running"),
    ] {
        assert!(
            imported.skipped[at].1.contains(part),
            "{:?}",
            imported.skipped
        );
    }
    let taken = study.trials().unwrap().to_vec();
    for ((from, to), trial) in imported.copied.iter().zip(&taken) {
        let source = &earlier.trials().unwrap()[*from as usize];
        assert_eq!(trial.number, *to);
        assert_eq!((trial.state, trial.value), (source.state, source.value));
        assert_eq!(trial.assignment, source.assignment);
        assert_eq!(
            format!("{:?}", trial.intermediate),
            format!("{:?}", source.intermediate)
        );
        let stored = study.attributes(*to).unwrap();
        let name = format!("phase6a_hpo_2M_threshold_1pct@abc trial {from}");
        assert_eq!(
            (&stored["seed"], &stored["continues"]),
            (&json!(7), &json!(name))
        );
    }
    // Again, after a restart: nothing comes twice, and the next trial has the next number.
    drop(study);
    let mut study = Study::open(&file, next, &Clock::manual()).unwrap();
    let again = study.import_trials(&mut earlier, fit).unwrap();
    assert_eq!((again.copied.len(), again.already_copied), (0, 4));
    // By their text, since curves hold NaN.
    assert_eq!(
        format!("{:?}", study.trials().unwrap()),
        format!("{taken:?}")
    );
    let (number, _) = study
        .start_suggested(&Sampler::Auto.into(), 1, Visibility::Window(1))
        .unwrap();
    assert_eq!(number, 4);
    assert_eq!(
        fs::read(&old).unwrap(),
        before,
        "the old study was written to"
    );
}

#[test]
fn a_lock_of_a_dead_process_holds_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.db");
    let mut study = open(&file);
    study.start_trial(&point(0)).unwrap();
    drop(study);
    // Python holds the write lock in the middle of a transaction and is killed.
    let script = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\nc.execute('BEGIN IMMEDIATE')\nc.execute('DELETE FROM trials')\nprint('locked', flush=True)\nsys.stdin.read()";
    let mut child = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = [0; 6];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut printed).unwrap();
    assert_eq!(&printed, b"locked");
    child.kill().unwrap();
    child.wait().unwrap();
    let mut study = open(&file);
    assert_eq!(study.trials().unwrap().len(), 1);
    study.start_trial(&point(1)).unwrap();
}

/// A trial of another machine is not touched while its heartbeats arrive, and can be resumed after that; the process that lost it
/// cannot write to it.
#[test]
fn a_trial_of_another_machine_is_taken_over_when_it_falls_silent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.db");
    let clock = Clock::manual();
    let open = || Study::open(&file, identity(), &clock).unwrap();
    let mut study = open();
    let number = study.start_trial(&point(0)).unwrap();
    study.heartbeat().unwrap();
    study.report(number, 1, 0.5).unwrap();
    let other = rusqlite::Connection::open(&file).unwrap();
    let owner = json!({"pid": 1, "host": "elsewhere", "boot_id": "b", "started": 1}).to_string();
    let changed = other
        .execute(
            "UPDATE trial_system_attributes SET value_json = ?1 WHERE key = 'owner'",
            [&owner],
        )
        .unwrap();
    assert_eq!(changed, 1);
    // It no longer belongs to this process.
    let ended = study.finish(number, &Outcome::Complete { value: 0.1 }, &Map::new());
    for refused in [study.report(number, 2, 0.4), ended] {
        let message = refused.unwrap_err().to_string();
        assert!(message.contains("taken over by process 1"), "{message}");
    }
    drop(study);
    let state = |study: &mut Study| study.trials().unwrap()[0].state;
    let mut study = open();
    assert_eq!(state(&mut study), TrialState::Running);
    assert!(!study.heartbeat_expired(number).unwrap());
    clock.advance(Duration::from_secs(300));
    assert!(
        !study.heartbeat_expired(number).unwrap(),
        "five minutes are allowed"
    );
    study.heartbeat().unwrap();
    assert_eq!(state(&mut study), TrialState::Running);
    clock.advance(Duration::from_secs(1));
    assert!(study.heartbeat_expired(number).unwrap());
    study.heartbeat().unwrap();
    assert_eq!(state(&mut study), TrialState::Interrupted);
    assert_eq!(study.resume_trial(number).unwrap(), point(0));
    study.report(number, 2, 0.4).unwrap();
    assert_eq!(
        study.trials().unwrap()[0].intermediate,
        [(1, 0.5), (2, 0.4)]
    );
}

#[test]
fn a_study_that_is_only_looked_at_is_not_created_or_changed() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("none/study.db");
    assert!(matches!(
        Study::open_read_only(&absent, &Clock::manual()),
        Err(StudyError::Unreachable { .. })
    ));
    assert!(!absent.parent().unwrap().exists());
    let empty = folder.path().join("empty.db");
    fs::write(&empty, b"").unwrap();
    assert!(matches!(
        Study::open_read_only(&empty, &Clock::manual()),
        Err(StudyError::NotAStudy { .. })
    ));
}

/// A viewer or a backup that holds the file is waited for as long as the search wants, and nothing is lost; a reader is never in the way.
#[test]
fn a_lock_of_another_program_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.db");
    let mut study = open(&file);
    let number = study.start_trial(&point(0)).unwrap();
    let viewer = rusqlite::Connection::open(&file).unwrap();
    let reader = rusqlite::Connection::open(&file).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM trials").unwrap();
    viewer.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Asked once, the viewer lets go: its lock is released by the answer, so that nothing depends on time.
    let asked = std::rc::Rc::new(std::cell::Cell::new(0));
    let (seen, mut held) = (std::rc::Rc::clone(&asked), Some(viewer));
    study.on_wait(Box::new(move |wait, seconds| {
        assert_eq!(wait, Wait::Locked);
        seen.set(seconds);
        if seconds == 2 {
            drop(held.take());
        }
        true
    }));
    study.report(number, 1, 0.5).unwrap();
    assert_eq!(asked.get(), 2);
    let outcome = Outcome::Complete { value: 0.25 };
    study.finish(number, &outcome, &Map::new()).unwrap();
    assert_eq!(study.trials().unwrap()[0].value, Some(0.25));
    // Who gives up is told, and the file is as it was.
    let viewer = rusqlite::Connection::open(&file).unwrap();
    viewer.execute_batch("BEGIN IMMEDIATE").unwrap();
    study.on_wait(Box::new(|_, _| false));
    let refused = study.start_trial(&point(1));
    assert!(matches!(refused, Err(StudyError::Locked { .. })));
    drop(viewer);
    study.start_trial(&point(1)).unwrap();
    assert_eq!(study.trials().unwrap().len(), 2);
}

/// SQLite itself goes on to write to a file that has no name any more.
#[test]
fn a_file_that_was_removed_or_replaced_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let (file, away) = (
        folder.path().join("study.db"),
        folder.path().join("away.db"),
    );
    let mut study = open(&file);
    study.start_trial(&point(0)).unwrap();
    fs::rename(&file, &away).unwrap();
    for replaced in [false, true] {
        if replaced {
            fs::copy(&away, &file).unwrap();
        }
        let refused = study.report(0, 1, 0.5);
        assert!(matches!(refused, Err(StudyError::Removed { .. })));
        assert_eq!(file.exists(), replaced);
    }
    fs::rename(&away, &file).unwrap();
    study.report(0, 1, 0.5).unwrap();
}

#[test]
fn two_workers_never_start_the_same_trial() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.db");
    drop(open(&file));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut study = open(&file);
                for _ in 0..15 {
                    let (number, _) = study
                        .start_suggested(&Sampler::Tpe.into(), 1, Visibility::Window(1))
                        .unwrap();
                    let outcome = Outcome::Complete {
                        value: f64::from(number),
                    };
                    study.finish(number, &outcome, &Map::new()).unwrap();
                }
            });
        }
    });
    let mut study = open(&file);
    let trials = study.trials().unwrap();
    assert_eq!(trials.len(), 45);
    for (number, trial) in (0..).zip(trials) {
        assert_eq!(
            (trial.number, trial.value),
            (number, Some(f64::from(number)))
        );
        let others = trials.iter().filter(|t| t.assignment == trial.assignment);
        assert_eq!(others.count(), 1);
    }
}

#[test]
fn a_suggestion_can_be_repeated_from_what_it_saw() {
    let folder = tempfile::tempdir().unwrap();
    let mut study = open(&folder.path().join("s.db"));
    for number in 0..24_u32 {
        study
            .start_suggested(&Sampler::Auto.into(), 5, Visibility::Window(1))
            .unwrap();
        // Two always run while one is suggested.
        if let Some(finished) = number.checked_sub(2) {
            study.report(finished, 1, f64::from(finished % 7)).unwrap();
            let outcome = match finished % 3 {
                0 => Outcome::Pruned,
                _ => Outcome::Complete {
                    value: f64::from(finished % 5),
                },
            };
            study.finish(finished, &outcome, &Map::new()).unwrap();
        }
    }
    for (number, observation) in (0_u32..).zip(repeated(&mut study)) {
        assert_eq!(observation.running.len(), number.min(2) as usize);
    }
}
