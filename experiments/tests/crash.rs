//! `kill -9` at seeded random moments of a search and of a training, started again by the same command each time: at the end everything is as if nobody had
//! interfered (F31, F32). 10 kills, or 100 of each with `XP_LONG_TESTS=1`. No moment is right or wrong, so a slow machine
//! changes what is tested, not whether it passes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::{
    collections::HashMap,
    fs, thread,
    time::{Duration, Instant},
};

use place::{Place, SEARCH, TRAINING, files, leftovers, silently};

fn kills(few: u32, many: u32) -> u32 {
    if std::env::var_os("XP_LONG_TESTS").is_some() {
        many
    } else {
        few
    }
}

/// Moments between 0 and 1 by SplitMix64.
struct Moments(u64);

impl Moments {
    fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Kills `wanted` runs; `check` sees each workspace whose run has come to its end, with the one that was left alone.
fn kill_at_random(
    seed: u64,
    wanted: u32,
    binary: &str,
    arguments: &[&str],
    ready: impl Fn() -> Place,
    check: impl Fn(&Place, &Place),
) {
    let whole = ready();
    let started = Instant::now();
    let (code, said) = whole.run(binary, arguments);
    let length = started.elapsed();
    assert_eq!(code, 0, "{said}");
    let mut moments = Moments(seed);
    let (mut killed, mut finished) = (0, 0);
    let mut place = ready();
    while killed < wanted {
        let mut child = silently(&mut place.command(binary, arguments));
        let moment = length.mul_f64(moments.draw());
        let started = Instant::now();
        let ended = loop {
            match child.try_wait().unwrap() {
                Some(status) => break Some(status),
                None if started.elapsed() >= moment => break None,
                None => thread::sleep(Duration::from_millis(1)),
            }
        };
        match ended {
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                killed += 1;
            }
            // It was faster than the moment: another one is killed.
            Some(status) => {
                assert!(status.success(), "{status}: {}", place.said());
                check(&place, &whole);
                finished += 1;
                place = ready();
            }
        }
    }
    let (code, said) = place.run(binary, arguments);
    assert_eq!(code, 0, "{said}");
    check(&place, &whole);
    println!("{killed} kills over {} workspaces", finished + 1);
}

/// The log has one row, a success; the report tells of it; nothing temporary is left.
fn consistent(place: &Place) -> HashMap<String, String> {
    let mut rows = place.log();
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = rows.remove(0);
    assert_eq!(row["status"], "success");
    let report = fs::read_to_string(place.path("docs/experiment_results.md")).unwrap();
    assert!(
        report.contains(&row["run_id"]) && report.contains("**Total Experiments**: 1"),
        "{report}"
    );
    assert_eq!(
        leftovers(place.folder.path()),
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
    let json = |place: &Place, end: &str| -> Vec<serde_json::Value> {
        files(&place.path("outputs/hpo"))
            .iter()
            .filter(|path| path.to_string_lossy().contains(end))
            .map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
            .collect()
    };
    // What a trial was and found, without what tells of times and processes.
    let trials = |place: &Place| -> Vec<String> {
        json(place, "/trials/")
            .iter()
            .map(|trial| format!("{} {} {}", trial["params"], trial["state"], trial["value"]))
            .collect()
    };
    kill_at_random(
        6,
        kills(6, 100),
        SEARCH,
        &arguments,
        Place::new,
        |place, whole| {
            consistent(place);
            assert_eq!(trials(place), trials(whole), "every trial once");
            assert_eq!(trials(place).len(), 4);
            let best = |place: &Place| -> Vec<String> {
                json(place, "2M_best.json")
                    .iter()
                    .map(|best| format!("{} {}", best["best_params"], best["best_value"]))
                    .collect()
            };
            assert_eq!(best(place), best(whole));
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
    let weights = |place: &Place| -> Vec<u8> {
        let found = files(&place.path("outputs/training"));
        let of_seed: Vec<_> = found
            .iter()
            .filter(|path| path.to_string_lossy().ends_with("seed_7.safetensors"))
            .collect();
        assert_eq!(of_seed.len(), 1, "{found:?}");
        fs::read(of_seed[0]).unwrap()
    };
    kill_at_random(
        4,
        kills(4, 100),
        TRAINING,
        &arguments,
        Place::with_best,
        |place, whole| {
            let (row, expected) = (consistent(place), consistent(whole));
            for column in ["val_loss", "test_loss", "test_auc", "best_epoch", "seed"] {
                assert_eq!(row[column], expected[column], "{column}");
            }
            assert!(weights(place) == weights(whole), "weights differ");
            assert!(
                !files(&place.path("outputs/training"))
                    .iter()
                    .any(|path| path.to_string_lossy().contains("checkpoints")),
                "a finished seed needs no checkpoint"
            );
        },
    );
}
