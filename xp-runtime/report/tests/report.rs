//! The report made of synthetic logs whose truth is known: verdicts, what may be compared, and that it is a function of its inputs.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use std::fs;

use chrono::{DateTime, Utc};
use synthetic::{BUDGETS, DAYS, baseline, noise, predictions, report, training, training_with};
use xp_report::{
    FIGURES, LATEX, PAGE, REPORT, RUNS, TABLES,
    log::Status,
    record::{RunRecord, TrialLine},
    report::{Formats, regenerate},
};

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
    let tables = |text: &str| {
        let tables = section(text, "### Summary Table", "### Individual Results");
        // That they are left out is told.
        [
            "Left out: 1 overridden on the command line.",
            "Left out: 2 overridden on the command line.",
        ]
        .iter()
        .fold(tables, |text, told| {
            text.replace(told, "Left out: nothing.")
        })
    };
    let before = tables(&report(workspace));
    // An overridden run changes neither table nor fit.
    training(workspace, 3, 1, predictions(0.1, 1), |row| {
        row.overridden = true
    });
    let curve = "docs/figures/phase6a_train_2M_threshold_1pct_s1_curve.svg";
    let drawn = fs::read(workspace.join(curve)).unwrap();
    let text = report(workspace);
    assert_eq!(tables(&text), before);
    assert!(section(&text, "### Overridden Runs", "\u{0}").contains("train_2B"));
    // One of the same experiment and seed has figures of its own.
    training_with(
        workspace,
        0,
        1,
        predictions(0.1, 1),
        |row| row.overridden = true,
        |record| record.curve.truncate(2),
    );
    let text = report(workspace);
    assert_eq!(fs::read(workspace.join(curve)).unwrap(), drawn);
    let own =
        "phase6a_train_2M_threshold_1pct+phase6a_train_2M_threshold_1pct-spec-2M-true-s1_curve.svg";
    assert!(
        text.contains(own) && workspace.join(FIGURES).join(own).is_file(),
        "{text}"
    );
    assert_eq!(tables(&text), before);
    // More features are another question, not another seed.
    training(workspace, 0, 2, predictions(0.1, 1), |row| {
        row.n_features = Some(100);
        row.experiment.push_str("_f100");
        row.val_loss = Some(0.1);
    });
    let text = tables(&report(workspace));
    assert!(
        text.contains("| 2M | 0.6000 (n 1) |") && text.contains("| 2M | 0.1000 (n 1) |"),
        "{text}"
    );
    assert!(
        text.contains("daily, 100 features, data set not recorded**: insufficient data: 1 of"),
        "{text}"
    );
    // Other test days cannot be paired.
    let mut shifted = predictions(0.6, 1);
    shifted.dates[0] = "2009-12-31".to_owned();
    training(workspace, 2, 2, shifted, |_| ());
    assert!(tables(&report(workspace)).contains("different test samples"));
}

/// A law over budgets compares nothing but budgets, and a table nothing but budgets and tasks.
#[test]
fn experiments_that_differ_otherwise_are_kept_apart_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    let put = |budget: usize, seed: u64, normalisation: &str| {
        let spec = serde_json::json!({
            "budget": BUDGETS[budget].0, "binary": "x", "data": {"name": "nasdaq_daily"}, "normalisation": normalisation,
            "run": {"train": {"seeds": [seed]}},
        });
        training_with(
            workspace,
            budget,
            seed,
            predictions(0.6, 10 * budget as u64 + seed),
            |row| row.val_loss = Some(0.5 + 0.1 * budget as f64),
            |record| record.spec = Some(spec.clone()),
        );
    };
    for (budget, seed) in (0..3).flat_map(|budget| [1, 2, 3].map(|seed| (budget, seed))) {
        put(budget, seed, "zscore");
    }
    let text = report(workspace);
    assert!(
        text.contains("**flat** by test log-loss") && !text.contains("may differ in more"),
        "{text}"
    );
    assert!(text.contains("| 2M | 0.5000 ± 0.0000 (n 3) |") && !text.contains("normalisation"));
    put(2, 1, "revin");
    let text = report(workspace);
    assert!(
        text.contains("no law over budgets: the experiments also differ in normalisation."),
        "{text}"
    );
    for variant in [
        "nasdaq_daily, horizon 5, daily, features 20, normalisation zscore.",
        "nasdaq_daily, horizon 5, daily, features 20, normalisation revin.",
    ] {
        assert_eq!(text.matches(variant).count(), 1, "{variant} in {text}");
    }
}

/// A search that goes on may lend other hyperparameters: trainings by the old ones are no seeds of the new (F36).
#[test]
fn seeds_of_other_borrowed_hyperparameters_are_not_pooled() {
    let folder = tempfile::tempdir().unwrap();
    for (seed, rate, loss) in [(1, "1e-4", 0.9), (2, "1e-4", 0.9), (1, "3e-4", 0.6)] {
        training(folder.path(), 0, seed, predictions(0.6, seed), |row| {
            row.hyperparameters = Some(format!(r#"{{"learning_rate":{rate}}}"#));
            row.spec_hash = "one".to_owned();
            row.run_id = format!("{seed}-{rate}");
            row.val_loss = Some(loss);
        });
    }
    let text = report(folder.path());
    assert!(text.contains("| 2M | 0.6000 (n 1) |"), "{text}");
    assert_eq!(text.matches("stale_hyperparameters (").count(), 2, "{text}");
}

/// A record that is lost excludes its seed from every fit, which the report notes there.
#[test]
fn seeds_whose_records_are_lost_are_missed() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    let ids: Vec<String> = (0..3)
        .flat_map(|budget| (1..=2).map(move |seed| (budget, seed)))
        .map(|(budget, seed)| {
            training(workspace, budget, seed, predictions(0.6, seed), |_| ());
            let name = format!("phase6a_train_{}_threshold_1pct", BUDGETS[budget].0);
            format!("{name}-spec-{}-false-s{seed}", BUDGETS[budget].0)
        })
        .collect();
    let lose = |id: &str, text: Option<&str>| {
        let path = workspace.join(RUNS).join(format!("{id}.json"));
        match text {
            Some(text) => fs::write(path, text).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
    };
    assert!(!report(workspace).contains("left out"));
    lose(&ids[0], None);
    lose(&ids[2], Some("{"));
    // Another run's record is none of this one.
    let other = fs::read_to_string(workspace.join(RUNS).join(format!("{}.json", ids[5]))).unwrap();
    lose(&ids[4], Some(&other));
    let text = report(workspace);
    assert!(text.contains(" 3 finished seeds are left out"), "{text}");
    assert_eq!(text.matches("record_missing (").count(), 1);
    assert_eq!(text.matches("record_unreadable (").count(), 2);
    for id in &ids {
        lose(id, Some(""));
    }
    let text = report(workspace);
    assert!(
        text.contains("**threshold_1pct, horizon 5, daily, 20 features, data set not recorded**: insufficient data: no finished training has a record with its predictions. 6 finished seeds are left out"),
        "{text}"
    );
}

/// A task that has more seeds weighs no more in the average.
#[test]
fn the_average_is_over_tasks() {
    let folder = tempfile::tempdir().unwrap();
    for (task, seed, loss) in [
        ("threshold_1pct", 1, 0.6),
        ("threshold_1pct", 2, 0.6),
        ("threshold_1pct", 3, 0.6),
        ("threshold_5pct", 1, 0.2),
    ] {
        training(folder.path(), 0, seed, predictions(0.6, seed), |row| {
            row.task = task.to_owned();
            row.experiment = format!("phase6a_train_2M_{task}");
            row.val_loss = Some(loss);
        });
    }
    let text = report(folder.path());
    assert!(text.contains("| 0.4000 (tasks 2, n 4) |"), "{text}");
}

/// A search that went on logs its study again, and an experiment that changed has another spec (F36).
#[test]
fn f36_a_study_counts_once_and_older_specs_not_at_all() {
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
    assert_eq!(
        text.matches("stale_spec (an older version").count(),
        1,
        "{text}"
    );
    assert!(
        text.contains(
            "100.0 % (2 of 2 runs that succeeded or failed), 1 more refused by pre-flight"
        ),
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
        "- **Total Experiments**: 2 (2 runs;",
        "- **Success Rate**: 50.0 % (1 of 2 runs that succeeded or failed)",
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
        .find(|line| line.starts_with("| ROC-AUC |"))
        .unwrap();
    assert!(
        auc.contains('[') && auc.ends_with("(n 600, 400 positive) |"),
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

/// F50: a best value at the border of its range is told, by the space and the point that the search has left.
#[test]
fn f50_a_best_value_at_the_border_of_its_range_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let space = serde_json::json!({"parameters": [
        {"name": "learning_rate", "domain": {"kind": "log", "low": 1e-4, "high": 1e-3}},
        {"name": "dropout", "domain": {"kind": "uniform", "low": 0.0, "high": 0.5}},
        {"name": "steps", "domain": {"kind": "choice", "values": [1000, 2000, 4000]}},
    ]});
    let said = "### Searches";
    let border = "- phase6a_train_2M_threshold_1pct (data set not recorded): `learning_rate` 1.01e-4 lies in the lowest 5 % of log(1e-4, 1e-3)";
    for (rate, told) in [(1.01e-4, true), (3e-4, false)] {
        training_with(
            folder.path(),
            0,
            1,
            predictions(0.6, 1),
            |row| {
                row.hyperparameters = Some(format!(
                    r#"{{"learning_rate": {rate:?}, "dropout": 0.2, "steps": 2000}}"#
                ));
            },
            |record| {
                record.spec = Some(serde_json::json!({"run": {"hpo": {"space": space}}}));
                record.trials = vec![TrialLine {
                    number: 0,
                    state: "complete".to_owned(),
                    value: Some(0.6),
                    ..TrialLine::default()
                }];
            },
        );
        let text = report(folder.path());
        assert!(text.contains(said), "{text}");
        assert_eq!(text.contains(border), told, "{text}");
    }
}

/// The place of the selected weights is their step of all, with its epoch; of rows of before, the epoch.
#[test]
fn the_selected_step_is_told_with_its_epoch() {
    for (step, epoch, said) in [
        (Some(850), 3.4, "selected: step 850 of 2000 (epoch 3.4)"),
        (None, 7.0, "selected: epoch 7"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        training(folder.path(), 0, 1, predictions(0.6, 1), |row| {
            row.best_step = step;
            row.best_epoch = Some(epoch);
            row.hyperparameters = Some(r#"{"steps": 2000}"#.to_owned());
        });
        let text = report(folder.path());
        assert!(text.contains(said), "{text}");
    }
}

/// F40: "beats random forest" with no forest in the repository. Who beats whom is said by the interval of paired differences.
#[test]
fn f40_a_model_beats_the_best_baseline_by_its_interval_or_is_said_not_to() {
    for (model, best, expected) in [
        (
            0.50,
            0.60,
            "**beats** the best baseline by log-loss, forest",
        ),
        (
            0.60,
            0.50,
            "**is worse than** the best baseline by log-loss, forest",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for seed in 1..=3 {
            training_with(
                folder.path(),
                0,
                seed,
                predictions(model, seed),
                |_| (),
                |record| {
                    record.baselines = vec![
                        baseline("prior", &predictions(0.9, 50), true),
                        baseline("forest", &predictions(best, 51), true),
                        baseline("feature", &predictions(0.01, 52), false),
                    ];
                },
            );
        }
        let text = report(folder.path());
        assert!(text.contains(expected), "{text}");
        assert!(
            text.contains("the best baseline by 1 − AUC, feature"),
            "{text}"
        );
        assert!(text.contains("| 3 | n 600, 400 positive |"), "{text}");
    }
    let folder = tempfile::tempdir().unwrap();
    training(folder.path(), 0, 1, predictions(0.5, 1), |_| ());
    let text = report(folder.path());
    assert!(text.contains("No baseline was evaluated by log-loss") && !text.contains("**beats**"));
}

/// F29: 16 final models predicted the class prior, unnoticed. A collapsed search is flagged and never ranked best silently.
#[test]
fn f29_a_collapsed_model_is_flagged_and_not_ranked_first() {
    let folder = tempfile::tempdir().unwrap();
    for (seed, loss, flags) in [(1, 0.5, Some("collapsed")), (2, 0.6, None)] {
        training(folder.path(), 0, seed, predictions(0.6, seed), |row| {
            row.run_type = "hpo".to_owned();
            row.val_loss = Some(loss);
            row.flags = flags.map(str::to_owned);
            row.hyperparameters = Some(format!(
                r#"{{"architecture": {{"d_model": {}, "n_layers": 4, "n_heads": 4, "d_ff": 256}}}}"#,
                64 * seed
            ));
        });
    }
    let text = report(folder.path());
    assert!(text.contains("- flags: collapsed; dirty_tree"), "{text}");
    let best = text.lines().find(|line| {
        line.starts_with(
            "| 2M | threshold_1pct, horizon 5, daily, 20 features, data set not recorded |",
        )
    });
    assert!(best.unwrap().contains("| 128 | 4 | 4 | 256 |"), "{best:?}");
    assert!(text.contains("| spread (sd) of predictions |"));
}

/// F34: two tables disagreed, since metrics came from the last epoch's weights. All of the report's come from one set of predictions.
#[test]
fn f34_every_table_tells_the_same_number() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..=2 {
        training_with(
            folder.path(),
            0,
            seed,
            predictions(0.6, seed),
            |_| (),
            |record| {
                record.val = Some(predictions(0.61, 9));
                record.baselines = vec![baseline("prior", &predictions(0.9, 50), true)];
            },
        );
    }
    let text = report(folder.path());
    let cell = |line: &str, column: usize| -> f64 {
        let cell = line.split('|').nth(column).unwrap().trim().to_owned();
        cell.split(' ').next().unwrap().parse().unwrap()
    };
    let losses: Vec<f64> = text
        .lines()
        .filter(|line| line.starts_with("| log-loss |"))
        .map(|line| cell(line, 3))
        .collect();
    let compared = text
        .lines()
        .find(|line| line.contains("| log-loss | prior |"))
        .unwrap();
    let mean = losses.iter().sum::<f64>() / 2.0;
    assert!(
        losses.len() == 2 && (mean - cell(compared, 6)).abs() < 1e-4,
        "{losses:?} {compared}"
    );
    // The threshold is chosen on validation, and validation has intervals too.
    assert!(text.contains("(best F1 on validation) |"), "{text}");
}

/// F35: which code, data, seed? A result says what it came from; what is not known is absent, never 0.
#[test]
fn f35_a_result_says_its_code_seed_device_and_spec() {
    let folder = tempfile::tempdir().unwrap();
    training(folder.path(), 0, 7, predictions(0.6, 1), |row| {
        row.device = Some("cpu".to_owned());
    });
    let text = report(folder.path());
    for part in [
        "- code: abc+dirty",
        "- seed: 7",
        "- device: cpu",
        "- threads: 2",
        "spec `spec-2M`",
        "**Code**: abc+dirty (1 run)",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("highest temperature") && !text.contains("throughput"));
}

/// F36, F37: rows of other code, copies, and the same phase under two spellings.
#[test]
fn f37_copies_and_other_code_are_flagged_and_a_phase_has_one_name() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    let spec = |name: &str| serde_json::json!({"data": {"name": name}});
    let put = |budget: usize, seed: u64, code: &str, data: &str, phase: &str, salt: u64| {
        training_with(
            workspace,
            budget,
            seed,
            predictions(0.6, salt),
            |row| {
                row.code_version = Some(code.to_owned());
                row.data_md5 = Some("d41d".to_owned());
                row.phase = phase.to_owned();
                row.thermal_paused_seconds = Some(12.0);
            },
            |record| record.spec = Some(spec(data)),
        );
    };
    put(0, 1, "old", "nasdaq_daily", "phase6a", 1);
    put(1, 1, "new", "nasdaq_again", "6A", 2);
    put(2, 1, "new", "nasdaq_daily", "phase6a", 1);
    put(2, 1, "new", "nasdaq_daily", "phase6a", 1);
    let text = report(workspace);
    assert_eq!(
        text.matches("\n## phase6a: nasdaq_daily\n").count(),
        1,
        "{text}"
    );
    assert!(!text.contains("## 6A"), "{text}");
    for (flag, count) in [
        ("stale_code (", 1),
        ("duplicate_data (the same file as nasdaq_daily)", 1),
        (
            "duplicate_results (the same predictions as phase6a_train_2M",
            2,
        ),
        ("duplicate_row (", 2),
        ("superseded (", 1),
        ("throttled (paused 12 s by the thermal guard)", 4),
    ] {
        assert_eq!(text.matches(flag).count(), count, "{flag} in {text}");
    }
}

/// F38: dummies of a dry run were committed as a report. A report has no number that no run has made.
#[test]
fn f38_a_report_of_nothing_has_no_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let text = report(folder.path());
    let body = text.split("**Success Rate**").nth(1).unwrap();
    assert_eq!(body, ": no runs yet\n");
    assert!(!folder.path().join(FIGURES).exists());
}

/// F44: differences within seed variance were published.
#[test]
fn f44_seeds_are_counted_and_their_spread_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..=3 {
        training(folder.path(), 0, seed, predictions(0.6, seed), |row| {
            row.val_loss = Some(0.59 + 0.01 * seed as f64);
        });
    }
    assert!(report(folder.path()).contains("| 2M | 0.6100 ± 0.0100 (n 3) |"));
}

#[test]
fn features_scale_against_their_number_and_their_effective_dimension() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    let tiers = [
        (20_u64, 8.5, 0.7),
        (100, 17.25, 0.6),
        (250, 30.0, 0.55),
        (500, 45.0, 0.5),
    ];
    for ((tier, dimension, loss), seed) in tiers
        .into_iter()
        .flat_map(|tier| [1, 2, 3].map(|seed| (tier, seed)))
    {
        training_with(
            workspace,
            0,
            seed,
            predictions(loss, 10 * tier + seed),
            |row| {
                row.n_features = Some(tier);
                if tier != 20 {
                    row.experiment.push_str(&format!("_f{tier}"));
                }
            },
            |record| {
                record.spec = Some(serde_json::json!({"data": {"name": "nasdaq_daily"}}));
                record.effective_dimension = Some(dimension);
            },
        );
    }
    let text = report(workspace);
    for part in [
        "#### Feature scaling",
        "| 100 | 17.25 |",
        "against the number of features**: **scales** by test log-loss",
        "against the effective dimension**: **scales** by test log-loss",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

/// A search's history, and all formats: nothing from outside becomes markup, and a page loads nothing.
#[test]
fn every_format_holds_the_same_and_hostile_texts_stay_texts() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    training_with(
        workspace,
        0,
        1,
        predictions(0.6, 1),
        |row| row.run_type = "hpo".to_owned(),
        |record: &mut RunRecord| {
            record.test = None;
            record.importance = vec![
                ("learning_rate".to_owned(), 0.7),
                ("dropout".to_owned(), 0.3),
            ];
            record.trials = (0..30)
                .map(|number| TrialLine {
                    number,
                    state: if number % 5 == 4 {
                        "pruned"
                    } else {
                        "complete"
                    }
                    .to_owned(),
                    value: Some(0.6 + 0.1 * noise(number as usize, 3)),
                    ..TrialLine::default()
                })
                .collect();
        },
    );
    training(workspace, 1, 1, predictions(0.6, 2), |row| {
        row.status = Status::Failed;
        row.error_message =
            Some("<script>alert(1)</script> | 5 % of $x_1$\n# \\end{table} `q`".to_owned());
    });
    let generated: DateTime<Utc> = "2026-11-23T20:00:00Z".parse().unwrap();
    let all = Formats {
        html: true,
        latex: true,
        csv: true,
    };
    regenerate(workspace, generated, all).unwrap();
    let read = |path: &str| fs::read_to_string(workspace.join(path)).unwrap();
    let (text, page, latex) = (read(REPORT), read(PAGE), read(LATEX));
    assert!(text.contains("24 complete, 6 pruned") && page.contains("24 complete, 6 pruned"));
    assert!(latex.contains("24 complete, 6 pruned") && latex.contains("\\toprule"));
    assert!(!text.contains("<script") && !page.contains("<script"));
    assert!(!text.contains("\n# \\end"), "a heading came from a message");
    assert_eq!(
        page.matches("role=\"img\"").count(),
        fs::read_dir(workspace.join(FIGURES)).unwrap().count()
    );
    for outside in ["src=\"", "href=\"http", "url(http", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let searches = read(&format!("{TABLES}/phase6a_searches.csv"));
    let mut rows = csv::Reader::from_reader(searches.as_bytes());
    let row = rows.records().next().unwrap().unwrap();
    assert_eq!(
        (&row[0], &row[2]),
        ("phase6a_train_2M_threshold_1pct", "30")
    );
    assert_eq!(DAYS, predictions(0.6, 1).labels.len());
}
