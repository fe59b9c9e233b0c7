//! Rules between experiments: borrowed searches exist and match (F15), equal experiments are one (F13), and what a hash sees.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod right;

use std::fs;

use right::{RIGHT, source, workspace};
use xp_macros_core::{Source, analyse_file};
use xp_test_support::copy_workspace;

/// The folder of real experiments: borrowing is checked against its files.
fn beside_real_ones(binary: &str) -> Source {
    let file = workspace()
        .root()
        .join("experiments/src/bin")
        .join(format!("{binary}.rs"));
    Source {
        file: Some(file),
        ..source(binary)
    }
}

/// The right experiment up to its run, as the shipped files of the NASDAQ Composite begin.
fn nasdaq() -> String {
    let head = RIGHT.split("    run:").next().unwrap();
    head.replace("    budget:", "    variant: \"nasdaq\",\n    budget:")
}

#[test]
fn borrowing_must_exist_and_match() {
    let training = |params: &str| {
        let head = nasdaq();
        let text = format!("{head}    run: train {{ params: {params}, seeds: [1, 2, 3] }},\n}}\n");
        match analyse_file(&text, &beside_real_ones("train_2M_threshold_1pct_nasdaq")) {
            Ok(checked) => checked
                .borrowed
                .iter()
                .map(|search| search.experiment.clone())
                .collect::<Vec<_>>()
                .join(", "),
            Err(errors) => errors
                .iter()
                .map(|error| error.message())
                .collect::<Vec<_>>()
                .join("\n"),
        }
    };
    assert_eq!(
        training("best(hpo_2M_threshold_1pct_nasdaq)"),
        "phase8a_hpo_2M_threshold_1pct_nasdaq"
    );
    insta::assert_snapshot!("borrow_unknown", training("best(hpo_2M_threshold_4pct)"));
    insta::assert_snapshot!(
        "borrow_mismatch",
        training("best(hpo_20M_threshold_3pct_nasdaq)")
    );
    insta::assert_snapshot!(
        "borrow_training",
        training("between(hpo_2M_threshold_1pct_nasdaq, train_2M_threshold_3pct_nasdaq)")
    );
}

/// A training's own settings meet the steps that it borrows: 1000 at least.
#[test]
fn a_borrowed_training_is_evaluated_before_its_end() {
    let said = |evaluate: &str| {
        let head = nasdaq().replace(
            "    context: 80,",
            &format!("    context: 80, training: {{ evaluate: {evaluate} }},"),
        );
        let params = "best(hpo_2M_threshold_1pct_nasdaq)";
        let text = format!("{head}    run: train {{ params: {params}, seeds: [7] }},\n}}\n");
        match analyse_file(&text, &beside_real_ones("train_2M_threshold_1pct_nasdaq")) {
            Ok(_) => "valid".to_owned(),
            Err(errors) => errors.iter().map(|error| error.message()).collect(),
        }
    };
    assert_eq!(said("every(999)"), "valid");
    insta::assert_snapshot!("evaluated_once_as_borrowed", said("every(1000)"));
}

/// Two ways to write one training have one hash; another search behind it makes another.
#[test]
fn a_training_is_known_by_what_it_computes() {
    let head = nasdaq().replace("threshold_1pct", "threshold_2pct");
    let hash = |params: &str, seeds: &str| {
        let text = format!("{head}    run: train {{ params: {params}, seeds: {seeds} }},\n}}\n");
        match analyse_file(&text, &beside_real_ones("train_2M_threshold_2pct_nasdaq")) {
            Ok(checked) => checked.hash,
            Err(errors) => errors.iter().map(|error| error.message()).collect(),
        }
    };
    let fixed = "{ architecture: fixed, learning_rate: 3e-4, weight_decay: 0.0, dropout: 0.2, warmup: 0.05, steps: 2000 }";
    let one = hash(fixed, "[1, 2, 3]");
    assert_eq!(one.len(), 16, "{one}");
    assert_eq!(hash(fixed, "[3, 1, 2]"), one);
    assert_eq!(hash(&fixed.replace(" 0.0,", " -0.0,"), "[1, 2, 3]"), one);
    assert_ne!(hash(fixed, "[1, 2]"), one);
    let (a, b) = (
        "hpo_2M_threshold_1pct_nasdaq",
        "hpo_2M_threshold_3pct_nasdaq",
    );
    let between = hash(&format!("between({a}, {b})"), "[1, 2, 3]");
    assert_eq!(between.len(), 16, "{between}");
    assert_eq!(hash(&format!("between({b}, {a})"), "[1, 2, 3]"), between);
    insta::assert_snapshot!(
        "between_not_enclosing",
        hash(
            "between(hpo_2M_threshold_3pct_nasdaq, hpo_2M_threshold_5pct_nasdaq)",
            "[1]"
        )
    );
}

/// A borrowed search that changes its results changes the training's hash.
#[test]
fn the_search_behind_a_training_is_part_of_its_hash() {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(folder.path()).unwrap();
    let bin = folder.path().join("experiments/src/bin");
    fs::create_dir_all(&bin).unwrap();
    let head = RIGHT.split("    run:").next().unwrap();
    let training = |tolerance: &str| {
        format!(
            "{head}{tolerance}    run: train {{ params: best(hpo_2M_threshold_1pct), seeds: [1] }},\n}}\n"
        )
    };
    let hash = |search: &str, training: &str| {
        fs::write(bin.join("hpo_2M_threshold_1pct.rs"), search).unwrap();
        let source = Source::of(&bin.join("train_2M_threshold_1pct.rs")).unwrap();
        match analyse_file(training, &source) {
            Ok(checked) => checked.hash,
            Err(errors) => errors.iter().map(|error| error.message() + "\n").collect(),
        }
    };
    let right = hash(RIGHT, &training(""));
    assert_eq!(right.len(), 16, "{right}");
    assert_eq!(
        hash(&RIGHT.replace("trials: 50", "trials: 60"), &training("")),
        right
    );
    assert_ne!(
        hash(
            &RIGHT.replace("trials: 50", "trials: 50, sampler: tpe"),
            &training("")
        ),
        right
    );
    insta::assert_snapshot!(
        "borrow_tolerance",
        hash(RIGHT, &training("    tolerance: 0.01,\n"))
    );
    insta::assert_snapshot!(
        "borrow_unknown_beside_others",
        hash(
            RIGHT,
            &training("")
                .replace("horizon: 5", "horizon: 4")
                .replace("hpo_2M_threshold_1pct)", "hpo_2M_treshold_1pct)")
        )
    );
}

/// A copy may be written differently and differ in what changes no result (F13).
#[test]
fn a_copy_under_another_name_is_the_same_experiment() {
    let copy = RIGHT
        .replace("    budget:", "    variant: \"copy\",\n    budget:")
        .replace("trials: 50", "trials: 40, sampler: auto")
        .replace("log(3e-6, 1e-3)", "log(0.000003, 0.001)")
        .replace(
            "context: 80,",
            "context: 80, objective: minimize(log_loss),",
        )
        .replace("daily,", "\"daily\",");
    let said =
        |text: &str| match analyse_file(text, &beside_real_ones("hpo_2M_threshold_1pct_copy")) {
            Ok(_) => "valid".to_owned(),
            Err(errors) => errors
                .iter()
                .map(|error| error.headline.clone())
                .collect::<Vec<_>>()
                .join("\n"),
        };
    let found = said(&copy);
    assert_eq!(
        found,
        "`hpo_2M_threshold_1pct_nasdaq` is the same experiment: it would give the same numbers"
    );
    for same in [
        // Between the same trading days; 2 January 2007 was a day of mourning.
        copy.replace("2007-01-01", "2007-01-03"),
        copy.replace("2010-01-01", "2010-01-02"),
        copy.replace("[1000, 2000, 4000]", "[4000, 1000, 2000]"),
        copy.replace("context: 80", "context: 80, training: { evaluate: auto }"),
        copy.replace("context: 80", "context: 80, tolerance: 0.25"),
    ] {
        assert_eq!(said(&same), found, "{same}");
    }
    assert_eq!(said(&copy.replace("2007-01-01", "2007-01-04")), "valid");
    assert_eq!(said(&copy.replace("context: 80", "context: 90")), "valid");
    assert_eq!(said(&copy.replace("0.001)", "0.002)")), "valid");
}
