//! The report on parts of train: data as an axis.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use serde_json::json;
use synthetic::{BUDGETS, predictions, report, training_with};

/// Parts of train in ten-thousandths, and their samples.
const PARTS: [(u32, u64); 4] = [(1250, 1000), (2500, 2000), (5000, 4000), (10_000, 8000)];

/// A workspace of all budgets on all parts with three seeds, by a law of size and data.
fn fill(workspace: &std::path::Path, law: impl Fn(f64, f64) -> f64) {
    for (budget, (name, params)) in BUDGETS.iter().enumerate() {
        for (part, samples) in PARTS {
            for seed in 1..=3 {
                let loss = law(*params as f64, samples as f64);
                let train = match part {
                    10_000 => json!({"val": "1995-01-01", "test": "2005-01-01"}),
                    _ => {
                        json!({"val": "1995-01-01", "test": "2005-01-01", "train": {"fraction": part}})
                    }
                };
                let salt = 1000 * budget as u64 + samples + seed;
                training_with(
                    workspace,
                    budget,
                    seed,
                    predictions(loss, salt),
                    |row| {
                        row.train_samples = Some(samples);
                        row.hyperparameters =
                            Some(r#"{"steps": 1000, "batch_size": 32}"#.to_owned());
                        row.spec_hash = format!("spec-{name}-{part}");
                        if part < 10_000 {
                            row.experiment.push_str(&format!("_d{}", part / 100));
                        }
                    },
                    |record| {
                        record.spec = Some(
                            json!({"budget": name, "task": "threshold_1pct", "split": train, "data": {"name": "simulated_daily"}}),
                        );
                    },
                );
            }
        }
    }
}

#[test]
fn losses_have_laws_of_data_and_of_both() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), |n, d| {
        0.3 + 0.2 * (n / 1.8e6).powf(-0.3) + 0.15 * (d / 1000.0).powf(-0.5)
    });
    let text = report(folder.path());
    for part in [
        "#### Data scaling",
        "| phase6a_train_2M_threshold_1pct_d12 | simulated_daily | 1,822,697 | 1,000 | 32.0 |",
        "| phase6a_train_2B_threshold_1pct | simulated_daily | 2,039,908,649 | 8,000 | 4.0 |",
        "2M, threshold_1pct on simulated_daily, horizon 5, daily, 20 features** against training samples: **",
        "over budgets and data, by test log-loss: L = E + A·N^(−α) + B·D^(−β) by 16 points",
        "; AICc -",
        "held out, N = 2,039,908,649 is predicted as",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    // A law over budgets compares no parts of train with each other.
    let line = text
        .lines()
        .find(|line| line.contains("4 sizes, n 600"))
        .unwrap();
    assert!(!line.contains("no law over budgets"), "{line}");
}

#[test]
fn without_parts_there_is_no_data_axis() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..=3 {
        training_with(
            folder.path(),
            0,
            seed,
            predictions(0.6, seed),
            |_| (),
            |record| record.spec = Some(json!({"budget": "2M"})),
        );
    }
    assert!(!report(folder.path()).contains("Data scaling"));
}
