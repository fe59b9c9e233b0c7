//! Each run: where its numbers come from, metrics with intervals, baselines beside them, flags.

use std::collections::BTreeMap;

use rayon::prelude::*;
use xp_metrics::{BaselineResult, Blocks, Measurement, REPLICATES, best_f1_threshold, evaluate};
use xp_spec::count::group;

use super::{Run, drawings, with_interval};
use crate::{
    document::{Block, Line, Table},
    record::Predictions,
};

/// Blocks, drawn once for each number of samples and length of a block.
type Drawn = BTreeMap<(usize, usize), Blocks>;

/// All runs of a phase; those of `finished` with metrics and figures, others with what is known of them. Runs know nothing of each
/// other here, so they are judged and drawn side by side.
pub(super) fn blocks(phase: &str, runs: &[&Run], finished: &[&Run]) -> Vec<Block> {
    if runs.is_empty() {
        return vec![Block::Paragraph("None.".into())];
    }
    let mut drawn = Drawn::new();
    for run in finished {
        let sets = run
            .record
            .iter()
            .flat_map(|record| [&record.val, &record.test]);
        for set in sets.flatten() {
            let (n, length) = (set.labels.len(), run.block_length());
            drawn
                .entry((n, length))
                .or_insert_with(|| Blocks::new(n, length, REPLICATES));
        }
    }
    let each: Vec<Vec<Block>> = runs
        .par_iter()
        .map(|run| {
            let counts = finished.iter().any(|other| std::ptr::eq(*other, *run));
            one(phase, run, counts, &drawn)
        })
        .collect();
    each.into_iter().flatten().collect()
}

fn one(phase: &str, run: &Run, counts: bool, drawn: &Drawn) -> Vec<Block> {
    let row = &run.row;
    let seed = row.seed.filter(|_| row.run_type == "training");
    let seed = seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    let title = format!("{}{seed} — {}", row.experiment, row.status.name());
    let mut blocks = vec![Block::Heading(4, title), Block::List(facts(run))];
    let Some(record) = run.record.as_ref() else {
        return blocks;
    };
    let chosen = record
        .val
        .as_ref()
        .and_then(|val| best_f1_threshold(&val.probabilities, &val.labels));
    let measured_on = |set: &Option<Predictions>| -> Vec<Measurement> {
        let Some(set) = set else { return Vec::new() };
        drawn
            .get(&(set.labels.len(), run.block_length()))
            .map_or_else(Vec::new, |blocks| {
                evaluate(&set.probabilities, &set.labels, blocks, chosen)
            })
    };
    if counts {
        let (val, test) = (measured_on(&record.val), measured_on(&record.test));
        if !val.is_empty() || !test.is_empty() {
            blocks.push(Block::Table(metrics(phase, run, &val, &test)));
        }
    }
    if !record.baselines.is_empty() || !record.missing_baselines.is_empty() {
        let where_ = if record.test.is_some() {
            "test"
        } else {
            "validation"
        };
        blocks.push(Block::List(
            record
                .baselines
                .iter()
                .map(|baseline| baseline_line(baseline, where_))
                .chain(record.missing_baselines.iter().map(|why| {
                    Line::new(format!(
                        "missing baseline, which the comparisons lack: {why}"
                    ))
                }))
                .collect(),
        ));
    }
    if counts {
        blocks.extend(drawings::of_run(run).into_iter().map(Block::Figure));
    }
    blocks
}

fn metrics(phase: &str, run: &Run, val: &[Measurement], test: &[Measurement]) -> Table {
    let mut order: Vec<String> = test.iter().map(Measurement::name).collect();
    for name in val.iter().map(Measurement::name) {
        if !order.contains(&name) {
            order.push(name);
        }
    }
    let cell = |found: &[Measurement], name: &str| {
        found
            .iter()
            .find(|measured| measured.name() == name)
            .map_or_else(String::new, |measured| {
                let value = with_interval(measured.value, measured.interval);
                format!("{value} ({})", measured.counts())
            })
    };
    let rows = order
        .into_iter()
        .map(|name| {
            let cells = [cell(val, &name), cell(test, &name)];
            std::iter::once(name).chain(cells).map(Line::from).collect()
        })
        .collect();
    let seed = run
        .row
        .seed
        .map_or_else(String::new, |seed| format!(", seed {seed}"));
    Table {
        id: format!("{phase}_metrics_{}", run.row.run_id),
        caption: Line::new(format!(
            "Metrics of {}{seed} at the selected epoch, 95 % intervals by moving-block bootstrap except where said.",
            run.row.experiment
        )),
        header: ["Metric", "Validation", "Test"].map(str::to_owned).to_vec(),
        rows,
    }
}

fn baseline_line(baseline: &BaselineResult, region: &str) -> Line {
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
    Line::new(format!(
        "baseline {} on {region}: {} (n {}, {} positive)",
        baseline.name,
        values.join(", "),
        baseline.n,
        baseline.positives
    ))
}

fn facts(run: &Run) -> Vec<Line> {
    let row = &run.row;
    let mut lines = vec![
        Line::new("run: ")
            .code(&row.run_id)
            .text(", spec ")
            .code(&row.spec_hash)
            .text(format!(
                ", {}, {:.1} s",
                row.timestamp, row.duration_seconds
            )),
    ];
    let mut plain = |name: &str, value: Option<String>| {
        lines.extend(value.map(|value| Line::new(format!("{name}: {value}"))));
    };
    plain("code", row.code_version.clone());
    plain("seed", row.seed.map(|seed| seed.to_string()));
    plain("device", row.device.clone());
    plain("threads", row.threads.map(|threads| threads.to_string()));
    plain("parameters", row.param_count.map(group));
    plain("best epoch", row.best_epoch.map(|epoch| epoch.to_string()));
    plain(
        "throughput",
        row.samples_per_second
            .map(|rate| format!("{rate:.0} samples/s")),
    );
    let counted = || {
        Some(format!(
            "{:.4} (n {}, {} positive)",
            row.val_loss?, row.val_samples?, row.val_positives?
        ))
    };
    plain("validation log-loss", counted());
    plain(
        "highest temperature",
        row.thermal_max_temp
            .map(|celsius| format!("{celsius:.1} °C")),
    );
    plain(
        "flags",
        (!run.flags.is_empty()).then(|| run.flags.join("; ")),
    );
    plain("error", row.error_message.clone());
    for (name, json) in [
        ("overrides", &row.overrides),
        ("hyperparameters", &row.hyperparameters),
    ] {
        lines.extend(
            json.as_ref()
                .map(|json| Line::new(format!("{name}: ")).code(json)),
        );
    }
    let origin = run.record.as_ref().map(|record| &record.origin);
    for (source, what) in origin.into_iter().flatten() {
        lines.push(Line::new(format!("borrowed from {source}: {what}")));
    }
    lines
}
