//! Scaling analysis of a phase: the power law of test log-loss and of 1 − AUC against the exact parameter count.

use std::collections::BTreeMap;

use super::{Run, phase::finished};
use crate::{
    metrics::{Blocks, REPLICATES, interval, log_loss, roc_auc},
    record::TestPredictions,
    scaling::{MIN_BUDGETS, power_law, verdict},
};

/// Trainings of one budget: the exact count, and the newest test predictions of each seed.
struct Point<'a> {
    spec_hash: &'a str,
    params: f64,
    seeds: BTreeMap<Option<u64>, &'a TestPredictions>,
}

/// Power laws per task, horizon, timescale and feature count: only such runs differ in nothing but their budget. Where a budget was trained
/// under several specs, the newest counts.
pub(super) fn scaling(runs: &[&Run]) -> String {
    let mut groups: BTreeMap<_, BTreeMap<&str, Point<'_>>> = BTreeMap::new();
    for run in finished(runs) {
        let row = &run.row;
        let (Some(test), Some(params)) = (
            run.record.as_ref().and_then(|record| record.test.as_ref()),
            row.param_count,
        ) else {
            continue;
        };
        let group = groups
            .entry((&row.task, row.horizon, &row.timescale, row.n_features))
            .or_default();
        let fresh = || Point {
            spec_hash: &row.spec_hash,
            params: params as f64,
            seeds: BTreeMap::new(),
        };
        let point = group.entry(&row.budget).or_insert_with(fresh);
        if point.spec_hash != row.spec_hash {
            *point = fresh();
        }
        point.seeds.insert(row.seed, test);
    }
    if groups.is_empty() {
        return "Insufficient data: no training has finished, and only trainings are judged on test data.\n".to_owned();
    }
    groups
        .into_iter()
        .map(|((task, horizon, timescale, features), points)| {
            let features = features.map_or_else(String::new, |n| format!(", {n} features"));
            format!(
                "- **{task}, horizon {horizon}, {timescale}{features}**: {}\n",
                laws(horizon, &points.into_values().collect::<Vec<_>>())
            )
        })
        .collect()
}

fn laws(horizon: u32, points: &[Point<'_>]) -> String {
    if points.len() < MIN_BUDGETS {
        return format!(
            "insufficient data: {} of at least {MIN_BUDGETS} budgets have finished trainings.",
            points.len()
        );
    }
    let mut sets = points.iter().flat_map(|point| point.seeds.values());
    let first = sets.next();
    if sets
        .any(|set| first.is_none_or(|first| first.dates != set.dates || first.labels != set.labels))
    {
        return "insufficient data: the trainings were judged on different test samples, so they cannot be paired.".to_owned();
    }
    let samples = first.map_or(0, |set| set.labels.len());
    let positives = first.map_or(0, |set| set.labels.iter().filter(|y| **y == 1.0).count());
    let blocks = Blocks::new(samples, horizon, REPLICATES);
    let seeds = points.iter().map(|point| point.seeds.len()).min();
    let seeds = match seeds.unwrap_or(0) {
        few @ 0..3 => format!("fewest seeds of a budget {few}: seed variance is missing"),
        seeds => format!(
            "at least {seeds} seeds per budget, averaged; the interval holds test sampling only"
        ),
    };
    format!(
        "{} {} {} budgets, n {samples} test samples each, {positives} positive, {seeds}.",
        law("test log-loss", points, &blocks, |p, y| Some(log_loss(
            p, y
        ))),
        law("1 − AUC", points, &blocks, |p, y| Some(
            1.0 - roc_auc(p, y)?
        )),
        points.len(),
    )
}

/// One law with α's interval by bootstrap of blocks that are shared by all budgets.
fn law(
    name: &str,
    points: &[Point<'_>],
    blocks: &Blocks,
    metric: impl Fn(&[f64], &[f64]) -> Option<f64>,
) -> String {
    let fit_on = |drawn: Option<&[usize]>| {
        let mean = |point: &Point<'_>| -> Option<(f64, f64)> {
            let values: Option<Vec<f64>> = point
                .seeds
                .values()
                .map(|set| match drawn {
                    None => metric(&set.probabilities, &set.labels),
                    Some(drawn) => {
                        let (p, y): (Vec<f64>, Vec<f64>) = drawn
                            .iter()
                            .filter_map(|&i| {
                                Some((*set.probabilities.get(i)?, *set.labels.get(i)?))
                            })
                            .unzip();
                        metric(&p, &y)
                    }
                })
                .collect();
            let values = values?;
            Some((
                point.params,
                values.iter().sum::<f64>() / values.len() as f64,
            ))
        };
        power_law(&points.iter().map(mean).collect::<Option<Vec<_>>>()?)
    };
    let Some(fit) = fit_on(None) else {
        return format!("{name}: no fit, it is absent or 0 for a budget.");
    };
    let range = interval(blocks, |drawn| fit_on(Some(drawn)).map(|fit| fit.alpha));
    format!(
        "**{}** by {name} = {:.3}·N^(−α): α = {:.4}{}, R² = {:.3}.",
        verdict(points.len(), range),
        fit.a,
        fit.alpha,
        range.map_or_else(
            || " (no interval)".to_owned(),
            |(low, high)| format!(" [{low:.4}, {high:.4}]")
        ),
        fit.r2,
    )
}
