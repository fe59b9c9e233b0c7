//! One phase of the report: summary table, scaling analysis, individual results.

use std::collections::BTreeMap;

use xp_spec::{budget::Budget, task::Task};

use super::Run;
use crate::{
    log::Status,
    metrics::{Blocks, Estimate, REPLICATES, interval, log_losses, roc_auc},
    record::TestPredictions,
    scaling::{MIN_BUDGETS, power_law, verdict},
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

fn finished<'a>(runs: &[&'a Run]) -> Vec<&'a Run> {
    runs.iter()
        .copied()
        .filter(|run| run.row.status == Status::Success)
        .collect()
}

/// Mean validation loss by budget and task, with sd and n over seeds.
fn summary(runs: &[&Run]) -> String {
    let runs = finished(runs);
    if runs.is_empty() {
        return "No comparable run has finished: run an experiment without overrides.\n".to_owned();
    }
    let mut text = "Mean validation log-loss ± sd over runs (n).\n\n| Budget | 1% | 2% | 3% | 5% | Avg Loss |\n|---|---|---|---|---|---|\n".to_owned();
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

/// Runs of one budget that have test predictions: the exact count, and one set of predictions per seed.
struct Point<'a> {
    params: f64,
    seeds: Vec<&'a TestPredictions>,
}

/// Power law of test log-loss against the exact parameter count, per task and horizon.
fn scaling(runs: &[&Run]) -> String {
    let mut groups: BTreeMap<(String, u32), BTreeMap<String, Point<'_>>> = BTreeMap::new();
    for run in finished(runs) {
        let (Some(test), Some(params)) = (
            run.record.as_ref().and_then(|record| record.test.as_ref()),
            run.row.param_count,
        ) else {
            continue;
        };
        let group = groups
            .entry((run.row.task.clone(), run.row.horizon))
            .or_default();
        let point = group
            .entry(run.row.budget.clone())
            .or_insert_with(|| Point {
                params: params as f64,
                seeds: Vec::new(),
            });
        point.seeds.push(test);
    }
    if groups.is_empty() {
        return "Insufficient data: no training has finished, and only trainings are judged on test data.\n".to_owned();
    }
    let mut text = String::new();
    for ((task, horizon), points) in groups {
        text.push_str(&law(
            &task,
            horizon,
            &points.into_values().collect::<Vec<_>>(),
        ));
    }
    text
}

fn law(task: &str, horizon: u32, points: &[Point<'_>]) -> String {
    let head = format!("- **{task}, horizon {horizon}**: ");
    let losses: Vec<Vec<f64>> = points
        .iter()
        .flat_map(|point| {
            point
                .seeds
                .iter()
                .map(|seed| log_losses(&seed.probabilities, &seed.labels))
        })
        .collect();
    let samples = losses.iter().map(Vec::len).min().unwrap_or(0);
    let fit_on = |drawn: &[usize]| {
        let mut next = losses.iter();
        let pairs: Vec<(f64, f64)> = points
            .iter()
            .map(|point| {
                let loss = point
                    .seeds
                    .iter()
                    .filter_map(|_| next.next())
                    .map(|losses| mean_of(losses, drawn))
                    .sum::<f64>();
                (point.params, loss / point.seeds.len() as f64)
            })
            .collect();
        power_law(&pairs)
    };
    let all: Vec<usize> = (0..samples).collect();
    let Some(fit) = fit_on(&all).filter(|_| points.len() >= MIN_BUDGETS) else {
        return format!(
            "{head}insufficient data: {} of at least {MIN_BUDGETS} budgets have finished trainings.\n",
            points.len()
        );
    };
    let blocks = Blocks::new(samples, horizon, REPLICATES);
    let range = interval(&blocks, |drawn| fit_on(drawn).map(|fit| fit.alpha));
    let seeds = points
        .iter()
        .map(|point| point.seeds.len())
        .min()
        .unwrap_or(0);
    let text = format!(
        "{head}**{}**: test log-loss = {:.3}·N^(−α), α = {:.4}{}, R² = {:.3}, {} budgets, n {samples} test samples each, {}.\n",
        verdict(points.len(), range),
        fit.a,
        fit.alpha,
        range
            .map(|(low, high)| format!(" [{low:.4}, {high:.4}]"))
            .unwrap_or_default(),
        fit.r2,
        points.len(),
        if seeds >= 3 {
            format!("at least {seeds} seeds per budget")
        } else {
            format!("{seeds} seeds: seed variance is missing")
        },
    );
    text
}

fn mean_of(losses: &[f64], drawn: &[usize]) -> f64 {
    drawn
        .iter()
        .filter_map(|&sample| losses.get(sample))
        .sum::<f64>()
        / drawn.len().max(1) as f64
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
        let value =
            |name: &str, value: Option<f64>| value.map(|value| format!("{name} {value:.4}"));
        let values: Vec<_> = [value("AUC", baseline.auc), value("log-loss", baseline.loss)]
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
    line("flags", row.flags.clone());
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

/// Loss, accuracy and AUC on test with moving-block bootstrap intervals.
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
    let metrics: [(&'static str, Metric<'_>); 3] = [
        ("test log-loss", &|p, y| {
            Some(crate::metrics::log_loss(p, y))
        }),
        ("test accuracy", &|p, y| {
            Some(crate::metrics::accuracy(p, y))
        }),
        ("test ROC-AUC", &|p, y| roc_auc(p, y)),
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
