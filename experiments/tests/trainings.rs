//! Real trainings, run as a user runs them, on the shipped data in a workspace of their own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::fs;

use sandbox::{SEARCH, Sandbox, TRAINING, walk};
use xp_test_support::{Process, Signal};

#[test]
fn a_training_without_its_search_says_what_to_run_first() {
    let sandbox = Sandbox::new();
    let (code, printed) = sandbox.run(TRAINING, &["--max-steps", "2"]);
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains("run `cargo xp run hpo_2M_threshold_1pct_nasdaq` first"),
        "{printed}"
    );
}

/// A search with options that change results lends nothing; whoever looks for it is told where it is and what to run.
#[test]
fn an_overridden_search_is_named_with_the_way_on() {
    let sandbox = Sandbox::new();
    let options = ["--max-epochs", "1", "--max-steps", "2"];
    let (code, printed) = sandbox.run(SEARCH, &[&["--trials", "1"][..], &options].concat());
    assert_eq!(code, 0, "{printed}");
    for said in [
        "fitting 7 baselines on the same rows",
        "writing the report",
        "Next: `cargo xp run hpo_2M_threshold_1pct_nasdaq -- --trials 5`",
    ] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    // Once is enough, where no sensor answers.
    assert!(printed.matches("no sensor").count() <= 2, "{printed}");
    let folder = fs::read_dir(sandbox.path("outputs/hpo")).unwrap();
    let folder = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let folder = folder.last().unwrap();
    assert!(folder.contains('+'), "{folder}");
    let named = format!(
        "1 trial with --max-epochs 1 --max-steps 2, best {:.4}, in outputs/hpo/{folder}",
        sandbox.log()[0]["val_loss"].parse::<f64>().unwrap()
    );
    let (code, printed) = sandbox.run(TRAINING, &["--max-steps", "2"]);
    assert_eq!(code, 1, "{printed}");
    for said in [
        named.as_str(),
        "a training does not borrow from them",
        "run `cargo xp run hpo_2M_threshold_1pct_nasdaq` first",
        "`cargo xp run hpo_2M_threshold_1pct_nasdaq -- --trials 5`",
    ] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    let (code, printed) = sandbox.run(SEARCH, &["--study"]);
    assert_eq!(code, 0, "{printed}");
    for said in [
        "no study yet",
        named.as_str(),
        "`cargo xp study hpo_2M_threshold_1pct_nasdaq -- --max-epochs 1 --max-steps 2` shows it",
    ] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    // What it did, not what it might have done.
    let trial = walk(&sandbox.path("outputs/hpo"), "0000.json");
    let trial: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(trial).unwrap()).unwrap();
    assert_eq!(trial["attributes"]["scheduled_steps"], 2, "{trial}");
    let events = sandbox.path(&format!("outputs/tensorboard/{folder}/search/trial_0000"));
    assert_eq!(fs::read_dir(events).unwrap().count(), 1);
}

#[test]
fn a_training_borrows_its_search_and_judges_test_once_per_seed() {
    let sandbox = Sandbox::with_best();
    let (code, printed) = sandbox.run(
        TRAINING,
        &["--max-epochs", "1", "--max-steps", "2", "--seed", "7"],
    );
    assert_eq!(code, 0, "{printed}");
    let rows = sandbox.log();
    assert_eq!(rows.len(), 1);
    for (column, expected) in [
        ("run_type", "training"),
        ("seed", "7"),
        ("test_samples", "2259"),
        ("test_positives", "1377"),
        ("status", "success"),
    ] {
        assert_eq!(rows[0][column], expected, "{column}");
    }
    let report = fs::read_to_string(sandbox.path("docs/experiment_results.md")).unwrap();
    assert!(
        report.contains("| ROC-AUC |")
            && report.contains("(n 751, 536 positive) |")
            && report.contains("(n 2259, 1377 positive)")
            && report.contains("(best F1 on validation)")
            && report.contains("best single feature"),
        "{report}"
    );
    // One file of events for TensorBoard, of this run.
    walk(&sandbox.path("outputs/tensorboard"), "-s7");
    let (code, printed) = sandbox.run(
        TRAINING,
        &["--max-epochs", "1", "--max-steps", "2", "--seed", "7"],
    );
    assert!(
        code == 0 && printed.contains("seed 7: finished earlier"),
        "{printed}"
    );
    assert_eq!(sandbox.log().len(), 1);

    // The search went on and lends other hyperparameters, which do not beat the class prior: trained again, the earlier weights kept.
    sandbox.put_best(
        SEARCH,
        "2M",
        "128, \"n_layers\": 8, \"n_heads\": 4, \"d_ff\": 512",
        5e-4,
    );
    let best = sandbox.path("outputs/hpo/phase8a_hpo_2M_threshold_1pct_nasdaq/2M_best.json");
    let text = fs::read_to_string(&best).unwrap();
    fs::write(&best, text.replacen('{', "{\"beats_prior\": false, ", 1)).unwrap();
    let (code, printed) = sandbox.run(
        TRAINING,
        &["--max-epochs", "1", "--max-steps", "2", "--seed", "7"],
    );
    assert!(
        code == 0 && printed.contains("its earlier results are now in"),
        "{printed}"
    );
    let rows = sandbox.log();
    assert_eq!(rows.len(), 2);
    for (row, expected) in rows.iter().zip([false, true]) {
        let flags: Vec<&str> = row["flags"].split(' ').collect();
        assert_eq!(flags.contains(&"prior_not_beaten"), expected, "{flags:?}");
    }
    let weights = fs::read_dir(sandbox.path("outputs/training"))
        .unwrap()
        .filter(|folder| {
            folder
                .as_ref()
                .unwrap()
                .path()
                .join("seed_7.safetensors")
                .is_file()
        })
        .count();
    assert_eq!(weights, 2);

    let (code, printed) = sandbox.run(TRAINING, &["--trials", "3"]);
    assert!(
        code == 1 && printed.contains(": only a search has that"),
        "{printed}"
    );
}

/// Ctrl-C, signals of batch systems and kill −9 in a training: the same command goes on, to the numbers of one that was left alone (F32).
#[test]
fn a_training_that_was_cut_off_goes_on_from_its_checkpoint() {
    let arguments = [
        "--max-epochs",
        "2",
        "--max-steps",
        "90",
        "--seed",
        "7",
        "--threads",
        "1",
    ];
    let whole = Sandbox::with_best();
    let (code, printed) = whole.run(TRAINING, &arguments);
    assert_eq!(code, 0, "{printed}");

    let sandbox = Sandbox::with_best();
    let index = || {
        let folder = fs::read_dir(sandbox.path("outputs/training"))
            .ok()?
            .next()?;
        let folder = folder.ok()?.path().join("checkpoints/seed_7");
        Some(folder.join("checkpoint.json")).filter(|index| index.is_file())
    };
    for signal in [
        Signal::Kill,
        Signal::Terminate,
        Signal::User,
        Signal::Interrupt,
    ] {
        let seen = index().and_then(|index| fs::read(index).ok());
        let resumed = sandbox.logged("resumed at step");
        let process = Process::silent(&mut sandbox.command(TRAINING, &arguments));
        if signal == Signal::Kill {
            process.wait_for("a checkpoint", || index().is_some());
        } else {
            process.wait_for("a resumed training", || {
                sandbox.logged("resumed at step") > resumed
            });
        }
        process.signal(signal);
        let ended = process.wait().code();
        if signal != Signal::Kill {
            assert_eq!(ended, signal.exit_code(), "{signal:?}");
            let now = index().and_then(|index| fs::read(index).ok());
            assert!(
                now.is_some() && now != seen,
                "{signal:?} leaves a checkpoint"
            );
        }
    }
    let folder = index().unwrap().parent().unwrap().to_owned();
    let (code, printed) = sandbox.run(TRAINING, &arguments);
    assert!(
        code == 0 && printed.contains("seed 7: resumed at step"),
        "{printed}"
    );
    assert!(!folder.exists(), "a finished seed needs no checkpoint");
    assert!(walk(&sandbox.path("outputs/training"), "seed_7.safetensors").is_file());
    let last = |sandbox: &Sandbox| {
        let rows = sandbox.log();
        let row = rows.last().unwrap();
        ["status", "val_loss", "test_loss", "test_auc", "best_step"]
            .map(|column| row[column].clone())
    };
    assert_eq!(last(&sandbox), last(&whole));
    assert_eq!(
        fs::read(walk(
            &sandbox.path("outputs/training"),
            "seed_7.safetensors"
        ))
        .unwrap(),
        fs::read(walk(&whole.path("outputs/training"), "seed_7.safetensors")).unwrap()
    );
}

/// The shapes of the 2B budget need far more memory than the data: a training that borrows one must say so before it starts (F24).
#[test]
fn a_borrowed_shape_is_judged_by_its_memory() {
    let sandbox = Sandbox::new();
    let search = env!("CARGO_BIN_EXE_hpo_2B_threshold_1pct_nasdaq");
    sandbox.put_best(
        search,
        "2B",
        "2304, \"n_layers\": 32, \"n_heads\": 24, \"d_ff\": 9216",
        3e-4,
    );
    let (_, printed) = sandbox.run(
        env!("CARGO_BIN_EXE_train_2B_threshold_1pct_nasdaq"),
        &["--dry-run"],
    );
    assert!(
        printed.contains("for 2,039,917,825 parameters"),
        "{printed}"
    );
}

/// Seeds are replicates: one that diverges is a row of its own, and the others are trained all the same (F30, F44).
#[test]
fn a_seed_that_diverges_does_not_keep_the_others_from_training() {
    let sandbox = Sandbox::new();
    let shape = "128, \"n_layers\": 8, \"n_heads\": 4, \"d_ff\": 512";
    sandbox.put_best(SEARCH, "2M", shape, 1.0);
    let (code, printed) = sandbox.run(TRAINING, &["--max-epochs", "4"]);
    assert!(code == 1 && printed.contains("diverged"), "{printed}");
    let rows = sandbox.log();
    assert_eq!(rows.len(), 3, "{printed}");
    let mut seeds = Vec::new();
    for row in &rows {
        assert!(row["hyperparameters"].contains("learning_rate"), "{row:?}");
        assert_ne!(row["param_count"], "");
        if row["status"] == "failed" {
            assert!(row["error_message"].contains("diverged"), "{row:?}");
            let flags = &row["flags"];
            assert!(
                flags.contains("diverged") || flags.contains("non_finite"),
                "{flags}"
            );
            assert!(
                sandbox
                    .path(&format!("outputs/runs/{}.json", row["run_id"]))
                    .is_file()
            );
        }
        seeds.push(row["seed"].clone());
    }
    assert_eq!(seeds, ["1", "2", "3"]);
    assert!(rows.iter().any(|row| row["status"] == "failed"));
}
