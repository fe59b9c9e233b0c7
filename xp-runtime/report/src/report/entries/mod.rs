//! One entry per run: provenance, metrics with intervals, baselines, figures, flags.

mod facts;
mod table;

use std::collections::BTreeMap;

use facts::facts;
use rayon::prelude::*;
use table::metrics;
use xp_metrics::{BaselineResult, Blocks, Measurement, REPLICATES, best_f1_threshold, evaluate};

use super::{drawings::of_run::of_run, run::Run};
use crate::{
    document::{Block, Line},
    record::Predictions,
};

/// Blocks, drawn once for each number of samples and length of a block.
type Drawn = BTreeMap<(usize, usize), Blocks>;

/// Entries of these runs; those of `finished` with metrics and figures. Runs are independent here, so they are evaluated and drawn in
/// parallel.
pub(super) fn entries(phase: &str, runs: &[&Run], finished: &[&Run]) -> Vec<Block> {
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
            let is_finished = finished.iter().any(|other| std::ptr::eq(*other, *run));
            one(phase, run, is_finished, &drawn)
        })
        .collect();
    each.into_iter().flatten().collect()
}

fn one(phase: &str, run: &Run, is_finished: bool, drawn: &Drawn) -> Vec<Block> {
    let row = &run.row;
    let seed = row.seed.filter(|_| row.run_type == "training");
    let seed = seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    let title = format!("{}{seed} — {}", row.experiment, row.status.name());
    let mut blocks = vec![Block::Fold(4, title), Block::List(facts(run))];
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
    if is_finished {
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
                .map(|baseline| result_line("baseline ", baseline, where_))
                .chain(
                    record
                        .bayes
                        .as_ref()
                        .map(|bayes| result_line("beaten by luck only: ", bayes, where_)),
                )
                .chain(record.missing_baselines.iter().map(|why| {
                    Line::new(format!("missing baseline, not in the comparisons: {why}"))
                }))
                .collect(),
        ));
    }
    if is_finished {
        blocks.extend(of_run(run).into_iter().map(Block::Figure));
    }
    blocks
}

fn result_line(what: &str, baseline: &BaselineResult, region: &str) -> Line {
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
        "{what}{} on {region}: {} (n {}, {} positive)",
        baseline.name,
        values.join(", "),
        baseline.n,
        baseline.positives
    ))
}
