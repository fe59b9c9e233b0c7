//! `kill -9` at a chosen change of a file, as in SQLite's crash tests: before a write, a sync, a rename or a removal, or amid a write. The same
//! command, started again, then ends with the results of a run that was left alone (F31, F32). One change of some kinds, or up to four of every
//! kind with `XP_LONG_TESTS=1`. Nothing here depends on time.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::{collections::HashMap, fs, os::unix::process::ExitStatusExt as _};

use sandbox::{
    SEARCH, SMALL_TRAINING, Sandbox,
    faults::{Change, Fault, Whole, kinds},
    results::{assert_same, results},
};
use xp_test_support::Random;

const LOG: &str = "outputs/results/experiment_log.csv";
/// Kinds of changes of which the gate takes one each.
const SAMPLE: usize = 3;

/// A run that is killed.
struct Case {
    binary: &'static str,
    arguments: &'static [&'static str],
}

const SEARCH_OF_THREE: Case = Case {
    binary: SEARCH,
    arguments: &["--trials", "3", "--max-epochs", "1", "--max-steps", "3"],
};

const SEARCH_BY_TWO: Case = Case {
    binary: SEARCH,
    arguments: &[
        "--trials",
        "4",
        "--max-epochs",
        "1",
        "--max-steps",
        "3",
        "--jobs",
        "2",
    ],
};

/// Three seeds.
const TRAINING_OF_SEEDS: Case = Case {
    binary: SMALL_TRAINING,
    arguments: &["--max-epochs", "1", "--max-steps", "4"],
};

/// Where a run is killed, and how: at some changes of each kind, spread over the run, or at one change of some kinds.
fn chosen(changes: &[Change], seed: u64) -> Vec<(usize, Fault)> {
    let mut kinds = kinds(changes);
    let faults = |number: usize| {
        let tear = changes[number].is_write().then_some((number, Fault::Tear));
        [Some((number, Fault::Kill)), tear].into_iter().flatten()
    };
    if std::env::var_os("XP_LONG_TESTS").is_some() {
        let spread = kinds.iter().flat_map(|numbers| {
            let last = numbers.len() - 1;
            let mut places = [0, last / 3, last * 2 / 3, last]
                .map(|at| numbers[at])
                .to_vec();
            places.dedup();
            places
        });
        return spread.flat_map(faults).collect();
    }
    let mut random = Random(seed);
    let mut take = |from: usize| (random.uniform() * from as f64) as usize;
    let mut sample = Vec::new();
    while sample.len() < SAMPLE && !kinds.is_empty() {
        let kind = kinds.swap_remove(take(kinds.len()));
        let faults: Vec<_> = faults(kind[take(kind.len())]).collect();
        sample.push(faults[take(faults.len())]);
    }
    sample
}

/// [`chosen`], and amid the last row of the log.
fn chosen_and_row(changes: &[Change], seed: u64) -> Vec<(usize, Fault)> {
    let is_row = |change: &Change| change.0 == format!("write {LOG}");
    let row = changes.iter().rposition(is_row).unwrap();
    let mut faults = chosen(changes, seed);
    faults.push((row, Fault::Tear));
    faults
}

/// A row that a kill has torn is kept beside the log, which has it whole.
fn take_torn_row(sandbox: &Sandbox) {
    let path = sandbox.path(&format!("{LOG}.torn"));
    if !path.exists() {
        return;
    }
    let torn = fs::read_to_string(&path).unwrap();
    let log = fs::read_to_string(sandbox.path(LOG)).unwrap();
    let torn = torn.trim_end();
    assert!(!torn.is_empty());
    assert!(log.lines().any(|line| line.starts_with(torn)), "{torn}");
    fs::remove_file(path).unwrap();
}

/// Kills runs in workspaces that are ready, at chosen changes among those that a whole run makes there.
fn survives_in(
    case: &Case,
    ready: impl Fn() -> Sandbox,
    changes: &[Change],
    faults: &[(usize, Fault)],
    expected: &str,
) {
    let mut killed = 0;
    for &(at, fault) in faults {
        let sandbox = ready();
        let (status, done, _) = sandbox.with_fault(case.binary, case.arguments, at, fault);
        let last = done.last().map_or("nothing", |change| &change.0).to_owned();
        // With two workers the number of changes varies, and a run may end before the last ones.
        match status.signal() {
            Some(9) => killed += 1,
            _ => assert!(status.success(), "{fault:?} {at} at {last}: {status}"),
        }
        let (code, printed) = sandbox.run(case.binary, case.arguments);
        assert_eq!(code, 0, "{fault:?} {at} at {last}: {printed}");
        let rows = sandbox.log();
        let is_success = |row: &HashMap<String, String>| row["status"] == "success";
        assert!(rows.iter().all(is_success), "{rows:?}");
        if fault == Fault::Tear {
            take_torn_row(&sandbox);
        }
        let context = format!("{fault:?} {at} at {last}");
        assert_same(&results(&sandbox), expected, &context);
    }
    println!("{killed} kills among {} changes", changes.len());
    assert!(killed > 0);
}

fn survives(case: &Case, seed: u64) {
    let whole = Whole::of(case.binary, case.arguments);
    let (changes, ready) = (&whole.changes, || whole.ready());
    let faults = chosen_and_row(changes, seed);
    survives_in(case, ready, changes, &faults, &whole.results);
}

#[test]
fn a_search_survives_a_kill_at_any_change() {
    survives(&SEARCH_OF_THREE, 1);
}

#[test]
fn a_search_by_two_workers_survives_a_kill_at_any_change() {
    survives(&SEARCH_BY_TWO, 2);
}

#[test]
fn a_training_of_several_seeds_survives_a_kill_at_any_change() {
    survives(&TRAINING_OF_SEEDS, 3);
}

/// A start that goes on with what a killed one has left: a trial amid its training.
#[test]
fn a_search_that_resumes_survives_a_kill_at_any_change() {
    let case = &SEARCH_OF_THREE;
    let whole = Whole::of(case.binary, case.arguments);
    let is_second = |change: &Change| change.0.contains("checkpoints/trial_0001");
    let amid = whole.changes.iter().rposition(is_second).unwrap();
    let interrupted = || {
        let sandbox = whole.ready();
        let (status, _, _) = sandbox.with_fault(case.binary, case.arguments, amid, Fault::Kill);
        assert_eq!(status.signal(), Some(9));
        sandbox
    };
    let changes = interrupted().recorded(case.binary, case.arguments);
    let faults = chosen_and_row(&changes, 5);
    survives_in(case, interrupted, &changes, &faults, &whole.results);
}

/// The data, which the first run of a workspace builds.
#[test]
fn a_build_of_the_data_survives_a_kill_at_any_change() {
    let case = &SEARCH_OF_THREE;
    let whole = Sandbox::new();
    let changes = whole.recorded(case.binary, case.arguments);
    let is_built = |change: &Change| change.0.starts_with("sync data/processed");
    let until = changes.iter().rposition(is_built).unwrap();
    let faults = chosen(&changes[..until], 4);
    survives_in(case, Sandbox::new, &changes, &faults, &results(&whole));
}
