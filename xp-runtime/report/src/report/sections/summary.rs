//! Mean validation loss by budget and task.

use std::collections::{BTreeMap, BTreeSet};

use xp_spec::{budget::Budget, task::Task};

use crate::{
    document::{Block, Line, Table},
    report::{
        differences::{IN_TABLE, describe, differing, question},
        numbers::mean_sd,
        phase::Phase,
        run::{DATA_NOT_RECORDED, Run},
    },
};

/// Kind of run, horizon, timescale and features of a table.
type Key<'a> = (&'a str, u32, &'a str, Option<u64>);

/// Mean validation loss with sd and n: one table for each kind of run, horizon, timescale and feature count, and for each way in which
/// the specs differ otherwise, since losses compare within one of these only.
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let mut groups: BTreeMap<Key<'_>, Vec<&Run>> = BTreeMap::new();
    for run in &phase.finished {
        let row = &run.row;
        groups
            .entry((&row.run_type, row.horizon, &row.timescale, row.n_features))
            .or_default()
            .push(run);
    }
    let mut blocks = vec![Block::Heading(3, "Summary Table".to_owned())];
    if groups.is_empty() {
        blocks.push(Block::Paragraph(
            "No comparable run has finished: run an experiment without overrides.".into(),
        ));
    }
    for (key, runs) in groups {
        blocks.extend(tables(phase, key, &runs));
    }
    blocks
}

/// One table, or one for each variant of the experiments.
fn tables(phase: &Phase<'_>, key: Key<'_>, runs: &[&Run]) -> Vec<Block> {
    let (kind, horizon, timescale, features) = key;
    let features = features.map_or_else(|| "unknown".to_owned(), |n| n.to_string());
    let mut variants: BTreeMap<BTreeMap<String, String>, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        let variant_question = run.spec().map(|spec| question(spec, &IN_TABLE));
        variants
            .entry(variant_question.unwrap_or_default())
            .or_default()
            .push(run);
    }
    let (phase, data) = (phase.id(), phase.data.unwrap_or(DATA_NOT_RECORDED));
    let questions: Vec<_> = variants.keys().cloned().collect();
    let paths = differing(&questions);
    variants
        .into_iter()
        .enumerate()
        .map(|(number, (variant_question, runs))| {
            let (mark, variant) = match (questions.len(), variant_question.is_empty()) {
                (1, _) => (String::new(), String::new()),
                (_, true) => (format!("_v{}", number + 1), ", spec not recorded".to_owned()),
                (_, false) => (
                    format!("_v{}", number + 1),
                    format!(", {}", describe(&variant_question, &paths)),
                ),
            };
            Block::Table(Table {
                id: format!("{phase}_summary_{kind}_h{horizon}_{timescale}_f{features}{mark}"),
                caption: Line::new(format!(
                    "Mean validation log-loss ± sd over runs (n): {kind}, {data}, horizon {horizon}, {timescale}, features {features}{variant}. Avg Loss: mean of the tasks' means, over tasks (and runs)."
                )),
                header: ["Budget", "1%", "2%", "3%", "5%", "Avg Loss"]
                    .map(str::to_owned)
                    .to_vec(),
                rows: rows(&runs),
            })
        })
        .collect()
}

fn rows(runs: &[&Run]) -> Vec<Vec<Line>> {
    let of = |budget: &str, task: Option<Task>| -> Vec<&Run> {
        runs.iter()
            .copied()
            .filter(|run| {
                run.row.val_loss.is_some()
                    && run.row.budget == budget
                    && task.is_none_or(|task| run.row.task == task.name())
            })
            .collect()
    };
    // The smallest first; a name that this version cannot read comes last.
    let size = |name: &str| Budget::parse(name).map_or(u64::MAX, Budget::nominal);
    let budgets: BTreeSet<(u64, &str)> = runs
        .iter()
        .map(|run| (size(&run.row.budget), run.row.budget.as_str()))
        .collect();
    budgets
        .into_iter()
        .map(|(_, budget)| budget)
        .filter(|budget| !of(budget, None).is_empty())
        .map(|budget| {
            let tasks = Task::ALL.map(|task| of(budget, Some(task)));
            std::iter::once(Line::from(budget))
                .chain(tasks.iter().map(|runs| Line::from(cell(runs))))
                .chain([Line::from(average(&tasks))])
                .collect()
        })
        .collect()
}

/// Mean of the tasks' means: a task with more seeds weighs no more.
fn average(tasks: &[Vec<&Run>]) -> String {
    let losses = tasks.iter().map(|runs| losses(runs));
    let tasks: Vec<Vec<f64>> = losses.filter(|losses| !losses.is_empty()).collect();
    if tasks.is_empty() {
        return "not run".to_owned();
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let means: Vec<f64> = tasks.iter().map(|losses| mean(losses)).collect();
    let runs: usize = tasks.iter().map(Vec::len).sum();
    format!("{:.4} (tasks {}, n {runs})", mean(&means), tasks.len())
}

fn losses(runs: &[&Run]) -> Vec<f64> {
    runs.iter().filter_map(|run| run.row.val_loss).collect()
}

/// Mean ± sd (n) of the losses, with how many of the runs predict the class prior (F29).
fn cell(runs: &[&Run]) -> String {
    let collapsed = runs.iter().filter(|run| run.has_flag("collapsed")).count();
    let mean = mean_sd(&losses(runs));
    if collapsed == 0 {
        mean
    } else {
        format!("{mean}, {collapsed} collapsed")
    }
}
