//! The head of the report: counts, the table of verdicts, the figures of the laws, and whose data a row is of.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use std::{fs, path::Path};

use serde_json::json;
use synthetic::{BUDGETS, baseline, predictions, report, search, training, training_with};
use xp_report::{FIGURES, log::Status};

/// Trainings of so many sizes with three seeds on a data set, by a law with α .05, beside two baselines.
fn fill(workspace: &Path, sizes: usize, data: &str, phase: &str) {
    for (budget, seed) in (0..sizes).flat_map(|budget| [1, 2, 3].map(|seed| (budget, seed))) {
        let loss = 0.75 * (BUDGETS[budget].1 as f64 / BUDGETS[0].1 as f64).powf(-0.05);
        training_with(
            workspace,
            budget,
            seed,
            predictions(loss, 10 * budget as u64 + seed),
            |row| {
                row.phase = phase.to_owned();
                row.experiment = format!("{phase}_train_{}_threshold_1pct", BUDGETS[budget].0);
                row.spec_hash = format!("{data}-{}", BUDGETS[budget].0);
            },
            |record| {
                record.spec = Some(json!({"data": {"name": data}}));
                record.baselines = vec![
                    baseline("class prior", &predictions(0.9, 50), true),
                    baseline("logistic regression", &predictions(0.6, 51), true),
                ];
            },
        );
    }
}

/// Cells of the first row that begins so.
fn cells(text: &str, start: &str) -> Vec<String> {
    let row = text.lines().find(|line| line.starts_with(start));
    let cells = row.unwrap_or_default().trim_matches('|').split('|');
    cells.map(|cell| cell.trim().to_owned()).collect()
}

#[test]
fn the_verdict_is_told_first_with_what_it_rests_on_and_what_is_beaten() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 4, "sp500_daily", "phase6a");
    let text = report(folder.path());
    let question = "threshold_1pct on sp500_daily, horizon 5, daily, 20 features";
    let row = cells(&text, &format!("| phase6a | {question} | log-loss |"));
    assert_eq!(row[3], "**scales**", "{row:?}");
    let alpha: f64 = row[4].split(' ').next().unwrap().parse().unwrap();
    assert!(
        (0.03..0.07).contains(&alpha) && row[4].contains('['),
        "{row:?}"
    );
    assert_eq!(row[6..9], ["4", "3", "n 600, 400 positive"], "{row:?}");
    assert!(row[9].starts_with("4 of 4 (class prior 0."), "{row:?}");
    // Only what the interval of the difference shows is beaten: of the sizes with .75, .67, .59 and .53, beside .60, the last alone.
    assert!(
        row[10].starts_with("1 of 4 (logistic regression 0.") && row[10].contains('['),
        "{row:?}"
    );
    // Nothing but the counts precedes the table, and the first figure is that of the law.
    let figures: Vec<&str> = text.lines().filter(|line| line.starts_with("![")).collect();
    let first = figures.first().unwrap();
    assert!(
        first.contains("phase6a_train_threshold_1pct_scaling_loss.svg"),
        "{first}"
    );
    assert!(figures.last().unwrap().contains("learning_curve.svg"));
    let at = |part: &str| text.find(part).unwrap();
    assert!(at("## Verdicts") < at("| Phase | Question |"));
    assert!(at("| Phase | Question |") < at("## phase6a: sp500_daily"));
    assert!(
        first.contains(": class prior 0.8")
            && first.contains("; best baseline, logistic regression 0.5"),
        "{first}"
    );
    let svg = |loss: &str| {
        let name = format!("phase6a_train_threshold_1pct_scaling_{loss}.svg");
        fs::read_to_string(folder.path().join(FIGURES).join(name)).unwrap()
    };
    for part in [
        "scales: larger is better; α = ",
        "class prior",
        "best baseline, logistic regression",
        "test log-loss, scales: threshold_1pct on sp500_daily",
        ">10M<",
        ">1B<",
    ] {
        assert!(svg("loss").contains(part), "{part}");
    }
    assert!(svg("auc").contains("1 − AUC") && !svg("auc").contains("log-loss"));
}

#[test]
fn what_is_missing_is_no_verdict_and_what_was_not_measured_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..=3 {
        training(folder.path(), 0, seed, predictions(0.6, seed), |_| ());
    }
    search(folder.path(), |row| {
        row.task = "threshold_5pct".to_owned();
        row.experiment = "phase6a_hpo_2M_threshold_5pct".to_owned();
    });
    let text = report(folder.path());
    let row = cells(&text, "| phase6a | threshold_1pct,");
    assert_eq!(
        row[3..8],
        [
            "**insufficient data: 1 of at least 3 budgets**",
            "not measured",
            "not measured",
            "1",
            "3"
        ]
    );
    assert_eq!(row[9..], ["not measured", "not measured"]);
    let row = cells(&text, "| phase6a | threshold_5pct,");
    assert_eq!(
        row[3..9],
        [
            "**insufficient data: no training has finished**",
            "not measured",
            "not measured",
            "0",
            "none",
            "not measured"
        ]
    );
    assert!(!text.contains("_scaling_loss.svg"));
}

#[test]
fn experiments_are_counted_and_an_interruption_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    let put = |seed: u64, status: Status, overridden: bool| {
        training(workspace, 0, seed, predictions(0.6, seed), |row| {
            row.status = status;
            row.overridden = overridden;
        });
    };
    // A seed that was interrupted and continued, one that was interrupted, one that failed.
    put(1, Status::Interrupted, false);
    put(1, Status::Success, false);
    put(2, Status::Interrupted, false);
    put(3, Status::Failed, false);
    // An overridden run, started three times.
    put(1, Status::Incomplete, true);
    put(1, Status::Incomplete, true);
    put(1, Status::Success, true);
    let text = report(workspace);
    for part in [
        "- **Total Experiments**: 1 (3 runs; 1 run overridden on the command line, which no law and no table of results counts; a run is a search or one seed of a training, and counts once however often it was started)",
        "- **Success Rate**: 50.0 % (1 of 2 runs that succeeded or failed), besides 1 interrupted or out of time, which the same command continues; of the overridden 100.0 % (1 of 1 runs that succeeded or failed)",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    // A start that failed before its first seed, and is made up for by a later one.
    let folder = tempfile::tempdir().unwrap();
    search(folder.path(), |row| row.status = Status::Failed);
    search(folder.path(), |row| row.seed = Some(1));
    assert!(report(folder.path()).contains("100.0 % (1 of 1 runs"));
}

#[test]
fn a_data_set_has_its_own_section_and_phases_are_in_the_order_of_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    fill(workspace, 1, "nasdaq_daily", "phase10");
    fill(workspace, 1, "sp500_daily", "phase6a");
    fill(workspace, 1, "own_daily", "phase6a");
    fill(workspace, 1, "own_daily", "alpha");
    // It left no record, but the hash of its spec is that of runs that did.
    training(workspace, 0, 9, predictions(0.6, 9), |row| {
        row.spec_hash = "own_daily-2M".to_owned();
        row.status = Status::Failed;
        row.error_message = Some("it fell over".to_owned());
    });
    fs::remove_file(
        workspace.join("outputs/runs/phase6a_train_2M_threshold_1pct-own_daily-2M-false-s9.json"),
    )
    .unwrap();
    let text = report(workspace);
    let headings: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("## "))
        .collect();
    assert_eq!(
        headings,
        [
            "## Verdicts",
            "## phase6a: sp500_daily",
            "## phase6a: own_daily",
            "## phase10: nasdaq_daily",
            "## alpha: own_daily",
            "## Newest Learning Curve",
            "## Formulas"
        ]
    );
    assert!(text.contains("Phases are in the order of their number"));
    let own = text.split("## phase6a: own_daily").nth(1).unwrap();
    let own = own.split("## phase10").next().unwrap();
    assert!(
        own.contains("error: it fell over") && !own.contains("sp500"),
        "{own}"
    );
    // Every table whose rows are experiments names their data, and so do captions.
    for part in [
        "| Experiment | Data set | Loss | Baseline |",
        "training, own_daily, horizon 5",
        "| phase6a_train_2M_threshold_1pct | own_daily | log-loss | class prior |",
        "Learning curve of phase6a_train_2M_threshold_1pct on own_daily, seed 1",
        "**threshold_1pct on own_daily, horizon 5, daily, 20 features**",
        "- data set: own_daily",
    ] {
        assert!(own.contains(part), "{part} is not in {own}");
    }
}
