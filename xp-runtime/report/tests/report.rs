//! The report made of synthetic logs whose truth is known: verdicts, what may be compared, and that it is a function of its inputs.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use std::{fs, path::Path};

use chrono::{DateTime, Utc};
use xp_report::{
    LOG, REPORT, RUNS,
    baselines::Baseline,
    log::{LogRow, Status, append},
    markdown::regenerate,
    record::{CurvePoint, RunRecord, TestPredictions, write},
};

const DAYS: usize = 600;

/// Evenly spread over 0..1, different for each (day, salt).
fn noise(day: usize, salt: u64) -> f64 {
    let mut z = (day as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z >> 11) as f64 / (1_u64 << 53) as f64
}

/// Predictions whose log-loss on each day is `loss` times a noise of mean 1.
fn predictions(loss: f64, salt: u64) -> TestPredictions {
    let labels: Vec<f64> = (0..DAYS)
        .map(|day| f64::from(u8::from(day % 3 != 0)))
        .collect();
    let probabilities = labels
        .iter()
        .enumerate()
        .map(|(day, y)| {
            let right = (-loss * (0.4 + 1.2 * noise(day, salt))).exp();
            if *y == 1.0 { right } else { 1.0 - right }
        })
        .collect();
    let start = chrono::NaiveDate::from_ymd_opt(2010, 1, 4).unwrap();
    let date = |day| (start + chrono::Days::new(day as u64)).to_string();
    TestPredictions {
        dates: (0..DAYS).map(date).collect(),
        probabilities,
        labels,
    }
}

const BUDGETS: [(&str, u64); 4] = [
    ("2M", 1_822_697),
    ("20M", 19_029_545),
    ("200M", 201_770_025),
    ("2B", 2_039_908_649),
];

fn training(
    workspace: &Path,
    budget: usize,
    seed: u64,
    test: TestPredictions,
    edit: impl Fn(&mut LogRow),
) {
    let (name, params) = BUDGETS[budget];
    let mut row = LogRow {
        timestamp: "2026-11-23T18:00:00Z".to_owned(),
        experiment: format!("phase6a_train_{name}_threshold_1pct"),
        phase: "phase6a".to_owned(),
        budget: name.to_owned(),
        task: "threshold_1pct".to_owned(),
        horizon: 5,
        timescale: "daily".to_owned(),
        script_path: format!("experiments/src/bin/train_{name}_threshold_1pct.rs"),
        run_type: "training".to_owned(),
        status: Status::Success,
        duration_seconds: 60.0,
        val_loss: Some(0.6),
        test_accuracy: None,
        hyperparameters: None,
        error_message: None,
        thermal_max_temp: None,
        data_md5: None,
        run_id: String::new(),
        spec_hash: format!("spec-{name}"),
        overridden: false,
        code_version: Some("abc+dirty".to_owned()),
        seed: Some(seed),
        device: None,
        param_count: Some(params),
        n_features: Some(20),
        val_auc: None,
        test_loss: None,
        test_auc: None,
        test_positives: None,
        test_samples: None,
        val_positives: Some(536),
        val_samples: Some(751),
        best_epoch: None,
        thermal_paused_seconds: None,
        samples_per_second: None,
        flags: None,
        threads: Some(2),
        overrides: None,
    };
    edit(&mut row);
    row.run_id = format!(
        "{}-{}-{}-s{seed}",
        row.experiment, row.spec_hash, row.overridden
    );
    let record = RunRecord {
        run_id: row.run_id.clone(),
        experiment: row.experiment.clone(),
        curve: vec![
            CurvePoint {
                epoch: 1,
                train_loss: 0.70,
                val_loss: 0.69,
                val_auc: None,
            },
            CurvePoint {
                epoch: 2,
                train_loss: 0.66,
                val_loss: 0.67,
                val_auc: None,
            },
            CurvePoint {
                epoch: 3,
                train_loss: 0.61,
                val_loss: 0.68,
                val_auc: None,
            },
        ],
        test: Some(test),
        ..RunRecord::default()
    };
    write(&workspace.join(RUNS), &record).unwrap();
    append(&workspace.join(LOG), &row).unwrap();
}

fn report(workspace: &Path) -> String {
    let generated: DateTime<Utc> = "2026-11-23T20:00:00Z".parse().unwrap();
    regenerate(workspace, generated).unwrap();
    fs::read_to_string(workspace.join(REPORT)).unwrap()
}

/// Report of `budgets` budgets with 3 seeds each, whose loss is 0.75·(N/N₀)^(−α) with independent noise of the budgets.
fn of_law(alpha: f64, budgets: usize, seeds: u64) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (budget, (_, params)) in BUDGETS.iter().enumerate().take(budgets) {
        let loss = 0.75 * (*params as f64 / BUDGETS[0].1 as f64).powf(-alpha);
        for seed in 1..=seeds {
            training(
                folder.path(),
                budget,
                seed,
                predictions(loss, 10 * budget as u64 + seed),
                |_| (),
            );
        }
    }
    report(folder.path())
}

#[test]
fn verdicts_match_known_laws() {
    for (alpha, verdict) in [(0.05, "scales"), (0.0, "flat"), (-0.05, "inverse")] {
        let text = of_law(alpha, 4, 3);
        assert!(
            text.contains(&format!("**{verdict}** by test log-loss")),
            "{text}"
        );
        assert!(text.contains("by 1 − AUC"), "{text}");
        assert!(
            text.contains("4 budgets, n 600 test samples each, 400 positive, at least 3 seeds")
        );
    }
    let two = of_law(0.05, 2, 3);
    assert!(two.contains("insufficient data: 2 of at least 3 budgets") && !two.contains("α ="));
    assert!(of_law(0.05, 3, 2).contains("fewest seeds of a budget 2: seed variance is missing"));
}

#[test]
fn only_what_compares_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    for budget in 0..3 {
        training(workspace, budget, 1, predictions(0.6, 1), |_| ());
    }
    let section = |text: &str, from: &str, to: &str| {
        let tail = text.split(from).nth(1).unwrap();
        tail.split(to).next().unwrap().to_owned()
    };
    let tables = |text: &str| section(text, "### Summary Table", "### Individual Results");
    let before = tables(&report(workspace));
    // An overridden run changes neither table nor fit.
    training(workspace, 3, 1, predictions(0.1, 1), |row| {
        row.overridden = true
    });
    let text = report(workspace);
    assert_eq!(tables(&text), before);
    assert!(section(&text, "### Overridden Runs", "\u{0}").contains("train_2B"));
    // More features are another question, not another seed.
    training(workspace, 0, 2, predictions(0.1, 1), |row| {
        row.n_features = Some(100);
        row.val_loss = Some(0.1);
    });
    let text = tables(&report(workspace));
    assert!(
        text.contains("| 2M | 0.6000 (n 1) |") && text.contains("| 2M | 0.1000 (n 1) |"),
        "{text}"
    );
    assert!(
        text.contains("daily, 100 features**: insufficient data: 1 of"),
        "{text}"
    );
    // Other test days cannot be paired.
    let mut shifted = predictions(0.6, 1);
    shifted.dates[0] = "2009-12-31".to_owned();
    training(workspace, 2, 2, shifted, |_| ());
    assert!(tables(&report(workspace)).contains("different test samples"));
}

/// A search that went on logs its study again, and an experiment that changed has another spec (F36).
#[test]
fn a_study_counts_once_and_older_specs_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    for (spec, loss) in [("old", 0.9), ("new", 0.7), ("new", 0.65)] {
        training(workspace, 0, 1, predictions(0.6, 1), |row| {
            row.spec_hash = spec.to_owned();
            row.val_loss = Some(loss);
        });
    }
    // Pre-flight refused it: it counts in no rate.
    training(workspace, 0, 2, predictions(0.6, 1), |row| {
        row.status = Status::Failed;
        row.val_loss = None;
        row.flags = Some("no_sensor refused".to_owned());
    });
    let text = report(workspace);
    assert!(text.contains("| 2M | 0.6500 (n 1) |"), "{text}");
    assert_eq!(text.matches("stale (an older version").count(), 1, "{text}");
    assert!(
        text.contains("100.0 % (3 of 3 runs), beside 1 that pre-flight refused"),
        "{text}"
    );
}

#[test]
fn the_report_has_its_headings_counts_and_flags_and_is_a_function_of_its_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let empty = report(folder.path());
    assert!(empty.starts_with("# Experiment Results\n") && empty.contains("no runs yet"));
    training(folder.path(), 0, 1, predictions(0.6, 1), |_| ());
    training(folder.path(), 1, 1, predictions(0.6, 2), |row| {
        row.status = Status::Failed;
        row.error_message = Some("out of\nmemory".to_owned());
    });
    let text = report(folder.path());
    for part in [
        "- **Generated**: 2026-11-23T20:00:00Z",
        "- **Total Experiments**: 2",
        "- **Success Rate**: 50.0 % (1 of 2 runs)",
        "## phase6a",
        "### Summary Table",
        "| Budget | 1% | 2% | 3% | 5% | Avg Loss |",
        "### Scaling Analysis",
        "### Individual Results",
        "- flags: dirty_tree",
        "- error: out of memory",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let auc = text
        .lines()
        .find(|line| line.starts_with("- test ROC-AUC: "))
        .unwrap();
    assert!(
        auc.contains('[') && auc.ends_with("(n 600, 400 positive)"),
        "{auc}"
    );
    let figures = || -> Vec<(std::ffi::OsString, Vec<u8>)> {
        let mut found: Vec<_> = fs::read_dir(folder.path().join(xp_report::FIGURES))
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap()))
            .collect();
        found.sort();
        found
    };
    let drawn = figures();
    assert_eq!(report(folder.path()), text);
    assert_eq!(figures(), drawn);
}

#[test]
fn baselines_carry_intervals_that_hold_their_values() {
    let set = predictions(0.6, 3);
    let prior = Baseline::new(
        "class prior".to_owned(),
        vec![0.6; set.labels.len()],
        true,
        &set.labels,
    );
    let (loss, (low, high)) = (prior.loss.unwrap(), prior.loss_interval.unwrap());
    assert!(low <= loss && loss <= high && prior.auc_interval.is_none());
    let signal = Baseline::new(
        "signal".to_owned(),
        set.probabilities.clone(),
        false,
        &set.labels,
    );
    let (auc, (low, high)) = (signal.auc.unwrap(), signal.auc_interval.unwrap());
    assert!(
        low < auc && auc < high && 0.5 < low,
        "{auc} [{low}, {high}]"
    );
}
