//! Synthetic workspaces whose truth is known, for tests and benches of the report.

#![allow(dead_code, reason = "each test and bench uses its part")]

pub(crate) mod study;

use std::{fs, path::Path};

use xp_metrics::BaselineResult;
use xp_report::{
    LOG, REPORT, RUNS,
    log::{LogRow, Status, append},
    record::{CurvePoint, Predictions, RunRecord, write},
    report::{Formats, regenerate},
};

pub(crate) const DAYS: usize = 600;

/// Evenly spread over 0..1, different for each (day, salt).
pub(crate) fn noise(day: usize, salt: u64) -> f64 {
    let mut z = (day as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z >> 11) as f64 / (1_u64 << 53) as f64
}

/// Predictions whose log-loss on each day is `loss` times a noise of mean 1.
pub(crate) fn predictions(loss: f64, salt: u64) -> Predictions {
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
    Predictions {
        dates: (0..DAYS).map(date).collect(),
        probabilities,
        labels,
    }
}

pub(crate) const BUDGETS: [(&str, u64); 4] = [
    ("2M", 1_822_697),
    ("20M", 19_029_545),
    ("200M", 201_770_025),
    ("2B", 2_039_908_649),
];

/// The row of a search of which little is known.
pub(crate) fn row() -> LogRow {
    LogRow {
        timestamp: "2026-11-23T18:00:00Z".to_owned(),
        experiment: "phase6a_hpo_2M_threshold_1pct".to_owned(),
        phase: "phase6a".to_owned(),
        budget: "2M".to_owned(),
        task: "threshold_1pct".to_owned(),
        horizon: 5,
        timescale: "daily".to_owned(),
        script_path: "experiments/src/bin/hpo_2M_threshold_1pct.rs".to_owned(),
        run_type: "hpo".to_owned(),
        status: Status::Success,
        duration_seconds: 1.5,
        val_loss: None,
        test_accuracy: None,
        hyperparameters: None,
        error_message: None,
        thermal_max_temp: None,
        data_md5: None,
        run_id: String::new(),
        spec_hash: "eb8e45af8b2eb865".to_owned(),
        overridden: false,
        code_version: None,
        seed: None,
        device: None,
        param_count: Some(BUDGETS[0].1),
        n_features: Some(20),
        val_auc: None,
        test_loss: None,
        test_auc: None,
        test_positives: None,
        test_samples: None,
        val_positives: Some(536),
        val_samples: Some(751),
        best_epoch: None,
        best_step: None,
        thermal_paused_seconds: None,
        samples_per_second: None,
        flags: None,
        threads: Some(2),
        overrides: None,
        lints: None,
        train_samples: Some(1675),
        train_flops: None,
        job: None,
        restart_count: None,
        kernels: None,
    }
}

/// Appends the row of a search, whose run id is `search`.
pub(crate) fn search(workspace: &Path, edit: impl Fn(&mut LogRow)) {
    let mut row = LogRow {
        run_id: "search".to_owned(),
        ..row()
    };
    edit(&mut row);
    append(&workspace.join(LOG), &row).unwrap();
}

/// Trainings of so many budgets and seeds, whose loss is 0.75·(N/N₀)^(−α) with independent noise of the budgets.
pub(crate) fn fill_law(workspace: &Path, alpha: f64, budgets: usize, seeds: u64) {
    for (budget, (_, params)) in BUDGETS.iter().enumerate().take(budgets) {
        let loss = 0.75 * (*params as f64 / BUDGETS[0].1 as f64).powf(-alpha);
        for seed in 1..=seeds {
            let salt = 10 * budget as u64 + seed;
            training(workspace, budget, seed, predictions(loss, salt), |_| ());
        }
    }
}

pub(crate) fn training(
    workspace: &Path,
    budget: usize,
    seed: u64,
    test: Predictions,
    edit: impl Fn(&mut LogRow),
) {
    training_with(workspace, budget, seed, test, edit, |_| ());
}

/// The same, with a record that is edited too.
pub(crate) fn training_with(
    workspace: &Path,
    budget: usize,
    seed: u64,
    test: Predictions,
    edit: impl Fn(&mut LogRow),
    edit_record: impl Fn(&mut RunRecord),
) {
    let (name, params) = BUDGETS[budget];
    let mut row = LogRow {
        experiment: format!("phase6a_train_{name}_threshold_1pct"),
        budget: name.to_owned(),
        script_path: format!("experiments/src/bin/train_{name}_threshold_1pct.rs"),
        run_type: "training".to_owned(),
        duration_seconds: 60.0,
        val_loss: Some(0.6),
        spec_hash: format!("spec-{name}"),
        code_version: Some("abc+dirty".to_owned()),
        seed: Some(seed),
        param_count: Some(params),
        ..row()
    };
    edit(&mut row);
    row.run_id = format!(
        "{}-{}-{}-s{seed}",
        row.experiment, row.spec_hash, row.overridden
    );
    let mut record = RunRecord {
        run_id: row.run_id.clone(),
        experiment: row.experiment.clone(),
        curve: vec![
            CurvePoint {
                step: Some(50),
                epoch: 0.5,
                train_loss: 0.70,
                val_loss: 0.69,
                ..CurvePoint::default()
            },
            CurvePoint {
                step: Some(100),
                epoch: 1.0,
                train_loss: 0.66,
                val_loss: 0.67,
                ..CurvePoint::default()
            },
            CurvePoint {
                step: Some(150),
                epoch: 1.5,
                train_loss: 0.61,
                val_loss: 0.68,
                ..CurvePoint::default()
            },
        ],
        test: Some(test),
        ..RunRecord::default()
    };
    edit_record(&mut record);
    write(&workspace.join(RUNS), &record).unwrap();
    append(&workspace.join(LOG), &row).unwrap();
}

/// The report of a workspace.
pub(crate) fn report(workspace: &Path) -> String {
    let generated = "2026-11-23T20:00:00Z".parse().unwrap();
    regenerate(workspace, generated, Formats::default()).unwrap();
    fs::read_to_string(workspace.join(REPORT)).unwrap()
}

/// A baseline with these predictions.
pub(crate) fn baseline(name: &str, set: &Predictions, probabilities: bool) -> BaselineResult {
    let positives = set.labels.iter().filter(|y| **y == 1.0).count();
    let mut found: BaselineResult = serde_json::from_str(&format!(
        r#"{{"name": "{name}", "auc": null, "loss": null, "n": {}, "positives": {positives}}}"#,
        set.labels.len()
    ))
    .unwrap();
    found.probabilities = probabilities;
    found.scores = set.probabilities.clone();
    found
}
