//! Trainings on simulated markets, whose Bayes log-loss is known: where there is nothing to learn no size is better than another, and where
//! there is, a model is better than the class prior and worse than what cannot be beaten.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::fs;

use sandbox::Sandbox;
use serde_json::Value as Json;

/// Trains all seeds; their records.
fn train(sandbox: &Sandbox, binary: &str) -> Vec<Json> {
    let (code, printed) = sandbox.run(binary, &[]);
    assert_eq!(code, 0, "{printed}");
    let rows = sandbox.log();
    let records = rows.iter().rev().take(3).map(|row| {
        assert!(binary.ends_with(&row["experiment"]["phase10a_".len()..]));
        let path = format!("outputs/runs/{}.json", row["run_id"]);
        serde_json::from_slice(&fs::read(sandbox.path(&path)).unwrap()).unwrap()
    });
    records.collect()
}

/// The log-loss of a result, in a record, whose name starts so.
fn loss(record: &Json, baseline: &str) -> f64 {
    let results = record["baselines"].as_array().unwrap();
    let named = |result: &&Json| result["name"].as_str().unwrap().starts_with(baseline);
    results.iter().find(named).unwrap()["loss"]
        .as_f64()
        .unwrap()
}

fn test_loss(record: &Json) -> f64 {
    let numbers = |key: &str| -> Vec<f64> {
        let values = record["test"][key].as_array().unwrap();
        values.iter().map(|value| value.as_f64().unwrap()).collect()
    };
    let pairs = numbers("probabilities").into_iter().zip(numbers("labels"));
    let losses: Vec<f64> = pairs
        .map(|(p, y)| -(y * p.ln() + (1.0 - y) * (1.0 - p).ln()))
        .collect();
    losses.iter().sum::<f64>() / losses.len() as f64
}

#[test]
fn a_market_with_nothing_to_learn_is_flat() {
    let sandbox = Sandbox::new();
    for binary in [
        env!("CARGO_BIN_EXE_train_20K_threshold_3pct_null"),
        env!("CARGO_BIN_EXE_train_60K_threshold_3pct_null"),
        env!("CARGO_BIN_EXE_train_200K_threshold_3pct_null"),
    ] {
        for record in train(&sandbox, binary) {
            let bayes = record["bayes"]["loss"].as_f64().unwrap();
            let ours = test_loss(&record);
            // What a model imagines costs it something; what luck gives it back is less than any market's signal.
            assert!((ours - bayes).abs() < 0.02, "{binary}: {ours} {bayes}");
        }
    }
    let report = fs::read_to_string(sandbox.path("docs/experiment_results.md")).unwrap();
    for expected in [
        "**flat** by test log-loss",
        "**flat** by 1 − AUC",
        "The market is simulated: Bayes, which a model beats by luck only, has log-loss 0.4867 [",
    ] {
        assert!(report.contains(expected), "{expected}: {report}");
    }
    let figures = fs::read_dir(sandbox.path("docs/figures")).unwrap();
    let with_bayes = figures
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .filter(|svg| svg.contains(">Bayes<"));
    assert_eq!(with_bayes.count(), 1);
}

#[test]
fn a_market_with_something_to_learn_lies_between_prior_and_bayes() {
    let sandbox = Sandbox::new();
    let binary = env!("CARGO_BIN_EXE_train_60K_threshold_3pct_simulated");
    for record in train(&sandbox, binary) {
        let bayes = record["bayes"]["loss"].as_f64().unwrap();
        let (ours, prior) = (test_loss(&record), loss(&record, "class prior"));
        assert!(
            bayes + 0.01 < ours && ours < prior - 0.01,
            "{bayes} {ours} {prior}"
        );
        // The market is an EGARCH(1,1), which a GARCH(1,1) of the right persistence comes near to.
        let garch = loss(&record, "GARCH");
        assert!((garch - bayes).abs() < 0.01, "{garch} {bayes}");
        let dimension = record["effective_dimension"].as_f64().unwrap();
        assert!(dimension > 2.0 && dimension < 10.0, "{dimension}");
        assert_eq!(record["bayes"]["scores"].as_array().unwrap().len(), 2255);
    }
    let report = fs::read_to_string(sandbox.path("docs/experiment_results.md")).unwrap();
    assert!(
        report.contains("beaten by luck only: Bayes on test: "),
        "{report}"
    );
    assert!(
        report.contains("which a model beats by luck only: log-loss 0.4419 ["),
        "{report}"
    );
}
