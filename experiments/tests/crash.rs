//! `kill -9` at seeded random moments of a search and of a training, started again by the same command each time: at the end everything is as if nobody had
//! interfered (F31, F32). Two kills of each, or 100 with `XP_LONG_TESTS=1`. No moment is right or wrong, so a slow machine
//! changes what is tested, not whether it passes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::{collections::HashMap, fs, time::Duration};

use sandbox::{SEARCH, Sandbox, TRAINING, leftovers};
use xp_clock::Clock;
use xp_test_support::{Process, Random, files};

fn kills(few: u32, many: u32) -> u32 {
    if std::env::var_os("XP_LONG_TESTS").is_some() {
        many
    } else {
        few
    }
}

/// Kills `wanted` runs; `check` sees each workspace whose run has come to its end, with the one that was left alone.
fn kill_at_random(
    seed: u64,
    wanted: u32,
    binary: &str,
    arguments: &[&str],
    ready: impl Fn() -> Sandbox,
    check: impl Fn(&Sandbox, &Sandbox),
) {
    let whole = ready();
    let clock = Clock::system();
    let started = clock.now();
    let (code, printed) = whole.run(binary, arguments);
    let length = clock.since(started);
    assert_eq!(code, 0, "{printed}");
    let mut moments = Random(seed);
    let (mut killed, mut finished) = (0, 0);
    let mut sandbox = ready();
    while killed < wanted {
        let process = Process::silent(&mut sandbox.command(binary, arguments));
        let moment = length.mul_f64(moments.uniform());
        let started = clock.now();
        let ended = loop {
            match process.exited() {
                Some(status) => break Some(status),
                None if clock.since(started) >= moment => break None,
                None => clock.sleep(Duration::from_millis(1)),
            }
        };
        match ended {
            None => {
                process.kill();
                killed += 1;
            }
            // It was faster than the moment: another one is killed.
            Some(status) => {
                assert!(status.success(), "{status}: {}", sandbox.logs());
                check(&sandbox, &whole);
                finished += 1;
                sandbox = ready();
            }
        }
    }
    let (code, printed) = sandbox.run(binary, arguments);
    assert_eq!(code, 0, "{printed}");
    check(&sandbox, &whole);
    println!("{killed} kills over {} workspaces", finished + 1);
}

/// The log has one row, a success; the report tells of it; nothing temporary is left.
fn consistent(sandbox: &Sandbox) -> HashMap<String, String> {
    let mut rows = sandbox.log();
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = rows.remove(0);
    assert_eq!(row["status"], "success");
    let report = fs::read_to_string(sandbox.path("docs/experiment_results.md")).unwrap();
    assert!(
        report.contains(&row["run_id"]) && report.contains("**Total Experiments**: 1"),
        "{report}"
    );
    assert_eq!(
        leftovers(sandbox.folder.path()),
        Vec::<std::path::PathBuf>::new()
    );
    row
}

#[test]
fn a_search_survives_kills_at_random_moments() {
    let arguments = [
        "--trials",
        "4",
        "--max-epochs",
        "1",
        "--max-steps",
        "3",
        "--threads",
        "1",
    ];
    let json = |sandbox: &Sandbox, end: &str| -> Vec<serde_json::Value> {
        files(&sandbox.path("outputs/hpo"))
            .iter()
            .filter(|path| path.to_string_lossy().contains(end))
            .map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
            .collect()
    };
    // What a trial was and found, without what tells of times and processes.
    let trials = |sandbox: &Sandbox| -> Vec<String> {
        json(sandbox, "/trials/")
            .iter()
            .map(|trial| format!("{} {} {}", trial["params"], trial["state"], trial["value"]))
            .collect()
    };
    kill_at_random(
        6,
        kills(2, 100),
        SEARCH,
        &arguments,
        Sandbox::new,
        |sandbox, whole| {
            consistent(sandbox);
            assert_eq!(trials(sandbox), trials(whole), "every trial once");
            assert_eq!(trials(sandbox).len(), 4);
            let best = |sandbox: &Sandbox| -> Vec<String> {
                json(sandbox, "2M_best.json")
                    .iter()
                    .map(|best| format!("{} {}", best["best_params"], best["best_value"]))
                    .collect()
            };
            assert_eq!(best(sandbox), best(whole));
        },
    );
}

#[test]
fn a_training_survives_kills_at_random_moments() {
    let arguments = [
        "--max-epochs",
        "2",
        "--max-steps",
        "60",
        "--seed",
        "7",
        "--threads",
        "1",
    ];
    let weights = |sandbox: &Sandbox| -> Vec<u8> {
        let found = files(&sandbox.path("outputs/training"));
        let of_seed: Vec<_> = found
            .iter()
            .filter(|path| path.to_string_lossy().ends_with("seed_7.safetensors"))
            .collect();
        assert_eq!(of_seed.len(), 1, "{found:?}");
        fs::read(of_seed[0]).unwrap()
    };
    kill_at_random(
        4,
        kills(2, 100),
        TRAINING,
        &arguments,
        Sandbox::with_best,
        |sandbox, whole| {
            let (row, expected) = (consistent(sandbox), consistent(whole));
            for column in ["val_loss", "test_loss", "test_auc", "best_step", "seed"] {
                assert_eq!(row[column], expected[column], "{column}");
            }
            assert!(weights(sandbox) == weights(whole), "weights differ");
            assert!(
                !files(&sandbox.path("outputs/training"))
                    .iter()
                    .any(|path| path.to_string_lossy().contains("checkpoints")),
                "a finished seed needs no checkpoint"
            );
        },
    );
}
