//! One phase of the report: summary table, scaling analysis, individual results.

use std::collections::BTreeMap;

use xp_spec::{budget::Budget, task::Task};

use super::{Run, law::scaling};
use crate::{
    log::Status,
    metrics::{
        Blocks, Estimate, REPLICATES, average_precision, base_rate, brier, confusion, interval,
        roc_auc,
    },
    record::TestPredictions,
};

pub(super) fn render(phase: &str, runs: &[&Run]) -> String {
    let (comparable, overridden): (Vec<&Run>, Vec<&Run>) =
        runs.iter().partition(|run| !run.row.overridden);
    let mut text = format!(
        "\n## {phase}\n\n### Summary Table\n\n{}",
        summary(&comparable)
    );
    text.push_str(&format!(
        "\n### Scaling Analysis\n\n{}",
        scaling(&comparable)
    ));
    text.push_str(&format!(
        "\n### Individual Results\n\n{}",
        individual(&comparable)
    ));
    if !overridden.is_empty() {
        text.push_str(&format!(
            "\n### Overridden Runs\n\nThe command line changed what these runs compute: they enter no table above and no fit.\n\n{}",
            individual(&overridden)
        ));
    }
    text
}

/// Successes of the newest spec of each experiment, one per search and one per seed of a training: the last, since a search that went
/// on logs its study again.
pub(super) fn finished<'a>(runs: &[&'a Run]) -> Vec<&'a Run> {
    let mut last: BTreeMap<(&str, Option<u64>), (usize, &'a Run)> = BTreeMap::new();
    for (position, run) in runs.iter().copied().enumerate() {
        if run.row.status == Status::Success && !run.stale {
            last.insert((&run.row.experiment, run.row.seed), (position, run));
        }
    }
    let mut last: Vec<_> = last.into_values().collect();
    last.sort_by_key(|(position, _)| *position);
    last.into_iter().map(|(_, run)| run).collect()
}

/// Mean validation loss by budget and task with sd and n: one table for each kind of run, horizon, timescale and feature count, since
/// losses compare within one of these only.
fn summary(runs: &[&Run]) -> String {
    let mut groups: BTreeMap<_, Vec<&Run>> = BTreeMap::new();
    for run in finished(runs) {
        let row = &run.row;
        groups
            .entry((&row.run_type, row.horizon, &row.timescale, row.n_features))
            .or_default()
            .push(run);
    }
    if groups.is_empty() {
        return "No comparable run has finished: run an experiment without overrides.\n".to_owned();
    }
    let tables: Vec<String> = groups
        .into_iter()
        .map(|((kind, horizon, timescale, features), runs)| {
            let features =
                features.map_or_else(|| "unknown".to_owned(), |features| features.to_string());
            format!(
                "Mean validation log-loss ± sd over runs (n): {kind}, horizon {horizon}, {timescale}, features {features}.\n\n{}",
                table(&runs)
            )
        })
        .collect();
    tables.join("\n")
}

fn table(runs: &[&Run]) -> String {
    let mut text =
        "| Budget | 1% | 2% | 3% | 5% | Avg Loss |\n|---|---|---|---|---|---|\n".to_owned();
    for budget in Budget::ALL {
        let of = |task: Option<Task>| -> Vec<f64> {
            runs.iter()
                .filter(|run| {
                    run.row.budget == budget.name()
                        && task.is_none_or(|task| run.row.task == task.name())
                })
                .filter_map(|run| run.row.val_loss)
                .collect()
        };
        if of(None).is_empty() {
            continue;
        }
        let cells: Vec<String> = Task::ALL
            .map(Some)
            .into_iter()
            .chain([None])
            .map(|task| mean_sd(&of(task)))
            .collect();
        text.push_str(&format!("| {budget} | {} |\n", cells.join(" | ")));
    }
    text
}

fn mean_sd(values: &[f64]) -> String {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    match n {
        0 => "not run".to_owned(),
        1 => format!("{mean:.4} (n 1)"),
        _ => {
            let sd =
                (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n as f64 - 1.0)).sqrt();
            format!("{mean:.4} ± {sd:.4} (n {n})")
        }
    }
}

fn individual(runs: &[&Run]) -> String {
    if runs.is_empty() {
        return "None.\n".to_owned();
    }
    runs.iter().map(|run| one(run)).collect()
}

fn one(run: &Run) -> String {
    let row = &run.row;
    let mut text = format!("#### {} — {}\n\n", row.experiment, row.status.name());
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(&format!("- {name}: {value}\n"));
        }
    };
    line(
        "run",
        Some(format!(
            "`{}`, spec `{}`, {}, {:.1} s",
            row.run_id, row.spec_hash, row.timestamp, row.duration_seconds
        )),
    );
    line("code", row.code_version.clone());
    line("seed", row.seed.map(|seed| seed.to_string()));
    line("threads", row.threads.map(|threads| threads.to_string()));
    line(
        "overrides",
        row.overrides.as_ref().map(|json| format!("`{json}`")),
    );
    line("parameters", row.param_count.map(xp_spec::count::group));
    let counted = |value: Option<f64>, n: Option<u64>, positives: Option<u64>| {
        Some(format!("{:.4} (n {}, {} positive)", value?, n?, positives?))
    };
    line(
        "validation log-loss",
        counted(row.val_loss, row.val_samples, row.val_positives),
    );
    let record = run.record.as_ref();
    if let Some(test) = record.and_then(|record| record.test.as_ref()) {
        let estimates = test_estimates(test, row.horizon);
        for (name, estimate) in estimates {
            line(name, Some(estimate.to_string()));
        }
    }
    for baseline in record.into_iter().flat_map(|record| &record.baselines) {
        let value = |name: &str, value: Option<f64>, range: Option<(f64, f64)>| {
            let range = range.map(|(low, high)| format!(" [{low:.4}, {high:.4}]"));
            value.map(|value| format!("{name} {value:.4}{}", range.unwrap_or_default()))
        };
        let values: Vec<_> = [
            value("AUC", baseline.auc, baseline.auc_interval),
            value("log-loss", baseline.loss, baseline.loss_interval),
        ]
        .into_iter()
        .flatten()
        .collect();
        line(
            &format!("baseline {}", baseline.name),
            Some(format!(
                "{} (n {}, {} positive)",
                values.join(", "),
                baseline.n,
                baseline.positives
            )),
        );
    }
    if let Some(record) = record.filter(|record| !record.trials.is_empty()) {
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for trial in &record.trials {
            *states.entry(&trial.state).or_insert(0) += 1;
        }
        let states: Vec<_> = states
            .iter()
            .map(|(state, count)| format!("{count} {state}"))
            .collect();
        line("trials", Some(states.join(", ")));
    }
    line(
        "hyperparameters",
        row.hyperparameters.as_ref().map(|json| format!("`{json}`")),
    );
    line(
        "highest temperature",
        row.thermal_max_temp
            .map(|celsius| format!("{celsius:.1} °C")),
    );
    let dirty = row
        .code_version
        .as_ref()
        .is_some_and(|version| version.ends_with("+dirty"));
    let flags: Vec<&str> = row
        .flags
        .as_deref()
        .into_iter()
        .chain(dirty.then_some("dirty_tree"))
        .chain(
            run.stale
                .then_some("stale (an older version of the experiment)"),
        )
        .collect();
    line("flags", (!flags.is_empty()).then(|| flags.join(" ")));
    line(
        "error",
        row.error_message
            .as_ref()
            .map(|message| message.replace('\n', " ")),
    );
    text.push('\n');
    text
}

type Metric<'a> = &'a dyn Fn(&[f64], &[f64]) -> Option<f64>;

/// Metrics on test, precision and recall at 0.5, with moving-block bootstrap intervals.
fn test_estimates(test: &TestPredictions, horizon: u32) -> Vec<(&'static str, Estimate)> {
    let (p, y) = (&test.probabilities, &test.labels);
    let n = p.len().min(y.len());
    let blocks = Blocks::new(n, horizon, REPLICATES);
    let positives = y.iter().filter(|y| **y == 1.0).count();
    let pick = |drawn: &[usize]| -> (Vec<f64>, Vec<f64>) {
        drawn
            .iter()
            .filter_map(|&sample| Some((*p.get(sample)?, *y.get(sample)?)))
            .unzip()
    };
    let all: Vec<usize> = (0..n).collect();
    let mut found = Vec::new();
    let metrics: [(&'static str, Metric<'_>); 9] = [
        ("test log-loss", &|p, y| {
            Some(crate::metrics::log_loss(p, y))
        }),
        ("test accuracy", &|p, y| {
            Some(crate::metrics::accuracy(p, y))
        }),
        (
            "test accuracy of always saying the commoner class",
            &|_, y| Some(base_rate(y).max(1.0 - base_rate(y))),
        ),
        ("test ROC-AUC", &|p, y| roc_auc(p, y)),
        ("test average precision", &|p, y| average_precision(p, y)),
        ("test Brier score", &|p, y| brier(p, y)),
        ("test precision at 0.5", &|p, y| {
            Some(confusion(p, y, 0.5).precision()?.value)
        }),
        ("test recall at 0.5", &|p, y| {
            Some(confusion(p, y, 0.5).recall()?.value)
        }),
        ("test F1 at 0.5", &|p, y| confusion(p, y, 0.5).f1()),
    ];
    for (name, metric) in metrics {
        let of = |drawn: &[usize]| {
            let (p, y) = pick(drawn);
            metric(&p, &y)
        };
        if let (Some(value), Some((low, high))) = (of(&all), interval(&blocks, of)) {
            found.push((
                name,
                Estimate {
                    value,
                    low,
                    high,
                    n,
                    positives,
                },
            ));
        }
    }
    found
}
