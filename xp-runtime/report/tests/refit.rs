//! Every fit can be repeated from the table of points alone.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use std::{collections::BTreeMap, path::Path};

use chrono::{DateTime, Utc};
use synthetic::{fill_law, predictions, row, search, training, training_with};
use xp_report::{
    RUNS, TABLES,
    record::{RunRecord, TrialLine, write},
    report::{Formats, regenerate},
};

/// Rows of a table of the report, by column.
fn table(workspace: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let path = workspace.join(TABLES).join(format!("{name}.csv"));
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn all_formats(workspace: &Path) -> String {
    let formats = Formats {
        html: false,
        latex: false,
        csv: true,
    };
    let path = regenerate(workspace, DateTime::<Utc>::UNIX_EPOCH, formats).unwrap();
    std::fs::read_to_string(path).unwrap()
}

/// Slope of ln L against ln N by its textbook formula, on the means over seeds: −α.
fn alpha(points: &[BTreeMap<String, String>], loss: &str) -> f64 {
    let mut sizes: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for point in points {
        let n = point["N"].parse().unwrap();
        sizes
            .entry(n)
            .or_default()
            .push(point[loss].parse().unwrap());
    }
    let logs: Vec<(f64, f64)> = sizes
        .iter()
        .map(|(n, losses)| {
            let mean = losses.iter().sum::<f64>() / losses.len() as f64;
            ((*n as f64).ln(), mean.ln())
        })
        .collect();
    let n = logs.len() as f64;
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>();
    let (x, y) = (sum(&|p| p.0), sum(&|p| p.1));
    let slope = (n * sum(&|p| p.0 * p.1) - x * y) / (n * sum(&|p| p.0 * p.0) - x * x);
    -slope
}

#[test]
fn laws_are_refitted_from_the_points_alone() {
    let folder = tempfile::tempdir().unwrap();
    fill_law(folder.path(), 0.04, 4, 3);
    all_formats(folder.path());
    let points = table(folder.path(), "phase6a_points");
    assert_eq!(points.len(), 12);
    let laws = table(folder.path(), "phase6a_scaling");
    for (law, column) in laws.iter().zip(["Test log-loss", "1 − AUC"]) {
        let printed: f64 = law["α [95 %]"].split(' ').next().unwrap().parse().unwrap();
        let refitted = alpha(&points, column);
        assert!((refitted - printed).abs() < 6e-5, "{refitted} {printed}");
    }
}

/// The checklist says what was left out, and a point that is the best of a search of how many trials.
#[test]
fn points_say_where_they_come_from_and_what_was_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    search(workspace, |_| ());
    let trial = |number| TrialLine {
        number,
        state: "COMPLETE".to_owned(),
        value: Some(0.6),
        ..TrialLine::default()
    };
    write(
        &workspace.join(RUNS),
        &RunRecord {
            run_id: "search".to_owned(),
            experiment: row().experiment,
            trials: (0..7).map(trial).collect(),
            ..RunRecord::default()
        },
    )
    .unwrap();
    for budget in 0..3 {
        training_with(
            workspace,
            budget,
            1,
            predictions(0.6, budget as u64),
            |_| (),
            |record| {
                if budget == 0 {
                    record.origin = [("hpo_2M_threshold_1pct".to_owned(), "best trial".to_owned())]
                        .into_iter()
                        .collect();
                }
            },
        );
    }
    training(workspace, 0, 2, predictions(0.6, 9), |row| {
        row.overridden = true
    });
    let text = all_formats(workspace);
    for part in [
        "#### Fitting",
        "Left out: 1 overridden on the command line.",
        "**Optimiser and starts**",
        "no starting point decides",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let points = table(workspace, "phase6a_points");
    let best: Vec<&str> = points
        .iter()
        .map(|point| point["Best of"].as_str())
        .collect();
    assert_eq!(best, ["7 trials", "not searched", "not searched"]);
    assert!(
        points
            .iter()
            .all(|point| point["N without ends"] == "unknown"),
        "no spec was recorded"
    );
}
