//! Writes that fail amid a run: an error of the device once (EIO), a quota that is used up (EDQUOT), a folder that is removed. The run says so and ends or goes
//! on; what was there is whole, and the same command then ends with the results of a run that met no error (F25).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::fs;

use sandbox::{
    SEARCH, SMALL_TRAINING, Sandbox,
    faults::{Change, Fault, Whole, kinds},
    leftovers,
    results::{assert_same, results},
};
use xp_test_support::{Process, Random, Signal};

const SEARCH_OF_TWO: &[&str] = &["--trials", "2", "--max-epochs", "1", "--max-steps", "3"];
/// Three seeds.
const TRAINING_OF_SEEDS: &[&str] = &["--max-epochs", "1", "--max-steps", "4"];

const EIO: u32 = 5;
const EDQUOT: u32 = 122;

/// Kinds of changes of which the gate takes one each.
const SAMPLE: usize = 2;

/// One change of some kinds, or of every kind; and always the row of the log, which the result of a run is recorded before.
fn chosen(changes: &[Change], seed: u64) -> Vec<usize> {
    let mut random = Random(seed);
    let mut take = |from: usize| (random.uniform() * from as f64) as usize;
    let mut sample: Vec<usize> = kinds(changes)
        .iter()
        .map(|kind| kind[take(kind.len())])
        .collect();
    if std::env::var_os("XP_LONG_TESTS").is_none() {
        while sample.len() > SAMPLE {
            sample.swap_remove(take(sample.len()));
        }
    }
    let row = "write outputs/results/experiment_log.csv";
    sample.extend(changes.iter().rposition(|change| change.0 == row));
    sample
}

/// Without the flag of trainings that went on although a checkpoint could not be written: in a cell of the log, a list, and a record's counts.
fn with_checkpoints(results: &str) -> String {
    let counts = (1..=4).flat_map(|count| {
        let flag = format!("\"no_checkpoint\":{count}");
        [
            (format!("\"trial_flags\":{{{flag}}},"), ""),
            (format!(",{flag}"), ""),
            (format!("{flag},"), ""),
        ]
    });
    let lists = [
        ("no_checkpoint ", ""),
        ("\"no_checkpoint\",", ""),
        (",\"no_checkpoint\"", ""),
        ("[\"no_checkpoint\"]", "[]"),
    ];
    let lists = lists.map(|(flag, without)| (flag.to_owned(), without));
    counts
        .chain(lists)
        .fold(results.to_owned(), |text, (flag, without)| {
            text.replace(&flag, without)
        })
}

fn goes_on_after_errors(binary: &str, arguments: &[&str], seed: u64) {
    let whole = Whole::of(binary, arguments);
    for at in chosen(&whole.changes, seed) {
        for fault in [Fault::Once(EIO), Fault::Always(EDQUOT)] {
            let sandbox = whole.ready();
            let (status, done, printed) = sandbox.with_fault(binary, arguments, at, fault);
            let context = format!("{fault:?} at {at}, {}", whole.changes[at].0);
            println!("{context}: {status}");
            assert!(done.len() > at, "{context}: it ended before");
            assert!(
                matches!(status.code(), Some(0 | 1)),
                "{context}: {status} {printed}"
            );
            assert!(!printed.contains("panicked"), "{context}: {printed}");
            if fault == Fault::Always(EDQUOT) && !status.success() {
                assert!(
                    printed.contains(" needed; `quota -s` tells"),
                    "{context}: {printed}"
                );
            }
            let none: Vec<std::path::PathBuf> = Vec::new();
            assert_eq!(leftovers(&sandbox.path("outputs")), none, "{context}");
            let (code, printed) = sandbox.run(binary, arguments);
            assert_eq!(code, 0, "{context}: {printed}");
            assert_same(
                &with_checkpoints(&results(&sandbox)),
                &whole.results,
                &context,
            );
        }
    }
}

#[test]
fn a_search_goes_on_after_an_error_of_the_disk() {
    goes_on_after_errors(SEARCH, SEARCH_OF_TWO, 1);
}

#[test]
fn a_training_goes_on_after_an_error_of_the_disk() {
    goes_on_after_errors(SMALL_TRAINING, TRAINING_OF_SEEDS, 2);
}

/// A cleaning job, or a user, removes the outputs amid a run: it ends and says so, and no later run takes what is left for whole results.
#[test]
fn a_folder_that_is_removed_amid_a_run_is_noticed() {
    let sandbox = Sandbox::new();
    // More trials than it comes to, however late this test gets to run.
    let many = ["--trials", "500", "--max-epochs", "1", "--max-steps", "3"];
    let process = Process::recorded(&mut sandbox.command(SEARCH, &many));
    process.wait_for("the first trial", || {
        process.output().contains("trial 0: started")
    });
    process.signal(Signal::Stop);
    let folder = sandbox.path("outputs/hpo");
    fs::rename(&folder, sandbox.path("removed")).unwrap();
    process.signal(Signal::Continue);
    let (code, printed) = process.finish();
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains("study.db was removed or replaced while it was in use"),
        "{printed}"
    );
    assert!(!printed.contains("panicked"), "{printed}");
    // Put back, it goes on.
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::rename(sandbox.path("removed"), &folder).unwrap();
    let (code, printed) = sandbox.run(SEARCH, SEARCH_OF_TWO);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains(" of 2 trials"), "{printed}");
}

#[test]
fn a_training_folder_that_is_removed_amid_a_run_is_noticed() {
    let sandbox = Sandbox::new();
    let process = Process::recorded(&mut sandbox.command(SMALL_TRAINING, TRAINING_OF_SEEDS));
    process.wait_for("the data", || {
        process.output().contains("data simulated_daily")
    });
    process.signal(Signal::Stop);
    let folder = sandbox.path("outputs/training");
    let is_there = folder.exists();
    fs::rename(&folder, sandbox.path("removed")).unwrap();
    process.signal(Signal::Continue);
    let (code, printed) = process.finish();
    assert!(is_there && code == 1, "{printed}");
    assert!(
        printed.contains("was removed or replaced while it was in use: identity.json is missing"),
        "{printed}"
    );
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::rename(sandbox.path("removed"), &folder).unwrap();
    let (code, printed) = sandbox.run(SMALL_TRAINING, TRAINING_OF_SEEDS);
    assert_eq!(code, 0, "{printed}");
}
