//! The report on training compute.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod synthetic;

use std::fs;

use synthetic::{predictions, report, search, training_with};
use xp_report::{FIGURES, record::CurvePoint};

/// Every finished training has its operations, beside those of the search that it borrowed from; the curves have a frontier.
#[test]
fn compute_is_an_axis_where_it_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    search(workspace, |row| row.train_flops = Some(5e15));
    for (budget, seed) in [(0, 1), (0, 2), (1, 1)] {
        let scale = 1e12 * 10_f64.powi(budget as i32);
        training_with(
            workspace,
            budget,
            seed,
            predictions(0.6, seed),
            |row| row.train_flops = Some(scale * (2.0 + seed as f64)),
            |record| {
                record.curve = (1..=3_u32)
                    .map(|k| CurvePoint {
                        step: Some(50 * k),
                        val_loss: 0.7 - 0.01 * f64::from(k),
                        flops: Some(scale * f64::from(k)),
                        ..CurvePoint::default()
                    })
                    .collect();
                if budget == 0 {
                    record.origin = [(
                        "hpo_2M_threshold_1pct".to_owned(),
                        "best trial 3".to_owned(),
                    )]
                    .into_iter()
                    .collect();
                }
            },
        );
    }
    let text = report(workspace);
    for part in [
        "### Compute",
        "| phase6a_train_2M_threshold_1pct | data set not recorded | 1,822,697 | 3.50e12 | 5.00e15 | 0.6000 ± 0.0000 (n 2) |",
        "| phase6a_train_20M_threshold_1pct | data set not recorded | 19,029,545 | 3.00e13 | no search |",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let name = "phase6a_train_threshold_1pct_compute.svg";
    let figure = fs::read_to_string(workspace.join(FIGURES).join(name)).unwrap();
    for part in ["frontier", "2M, seed 2", "20M, seed 1"] {
        assert!(figure.contains(part), "{part}");
    }
    // Rows of before the column have none: absent, never 0.
    let old = tempfile::tempdir().unwrap();
    training_with(old.path(), 0, 1, predictions(0.6, 1), |_| (), |_| ());
    assert!(!report(old.path()).contains("### Compute"));
}

/// Sizes that had the same compute, whose losses are a parabola in ln N with its minimum at 20M: the table finds it, with the steps that the
/// budget pays for, and an interval from four sizes on.
#[test]
fn a_compute_budget_has_a_size_of_least_loss() {
    for (sizes, expected) in [
        (4, "20,000,000 [20,000,000, 20,000,000] | 500 |"),
        (3, "20,000,000 [needs 4 sizes] | 500 |"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (budget, seed) in (0..sizes).flat_map(|budget| [(budget, 1), (budget, 2), (budget, 3)])
        {
            let size = 2e6 * 10_f64.powi(budget as i32);
            training_with(
                folder.path(),
                budget,
                seed,
                predictions(0.6, seed),
                |row| row.param_count = Some(size as u64),
                |record| {
                    // A step of N parameters takes 1e5·N operations.
                    record.curve = (1..=5_u32)
                        .map(|k| CurvePoint {
                            step: Some((1e15 * f64::from(k) / size / 1e5) as u32),
                            val_loss: 0.6 + 0.001 * (size / 2e7).ln().powi(2)
                                - 0.01 * f64::from(k.min(1)),
                            flops: Some(1e15 * f64::from(k)),
                            ..CurvePoint::default()
                        })
                        .collect();
                },
            );
        }
        let text = report(folder.path());
        let row = text
            .lines()
            .find(|line| line.contains("| 1.0e15 |"))
            .unwrap_or_else(|| panic!("{text}"));
        assert!(row.contains(expected), "{row}");
        assert!(row.contains("| 20M: 0.5900 ± 0.0000 (n 3) |"), "{row}");
        assert!(
            text.contains("| 5.0e15 |") && text.contains(" | 2,500 |"),
            "{text}"
        );
    }
}
