//! Mean validation loss by budget and task.

use std::collections::BTreeMap;

use xp_spec::{budget::Budget, task::Task};

use super::{Run, mean_sd};
use crate::document::{Block, Line, Table};

/// Mean validation loss with sd and n: one table for each kind of run, horizon, timescale and feature count, since losses compare within
/// one of these only.
pub(super) fn blocks(phase: &str, finished: &[&Run]) -> Vec<Block> {
    let mut groups: BTreeMap<_, Vec<&Run>> = BTreeMap::new();
    for run in finished {
        let row = &run.row;
        groups
            .entry((&row.run_type, row.horizon, &row.timescale, row.n_features))
            .or_default()
            .push(run);
    }
    if groups.is_empty() {
        return vec![Block::Paragraph(
            "No comparable run has finished: run an experiment without overrides.".into(),
        )];
    }
    groups
        .into_iter()
        .map(|((kind, horizon, timescale, features), runs)| {
            let features = features.map_or_else(|| "unknown".to_owned(), |n| n.to_string());
            Block::Table(Table {
                id: format!("{phase}_summary_{kind}_h{horizon}_{timescale}_f{features}"),
                caption: Line::new(format!(
                    "Mean validation log-loss ± sd over runs (n): {kind}, horizon {horizon}, {timescale}, features {features}."
                )),
                header: ["Budget", "1%", "2%", "3%", "5%", "Avg Loss"].map(str::to_owned).to_vec(),
                rows: rows(&runs),
            })
        })
        .collect()
}

fn rows(runs: &[&Run]) -> Vec<Vec<Line>> {
    let of = |budget: Budget, task: Option<Task>| -> Vec<&Run> {
        runs.iter()
            .copied()
            .filter(|run| {
                run.row.val_loss.is_some()
                    && run.row.budget == budget.name()
                    && task.is_none_or(|task| run.row.task == task.name())
            })
            .collect()
    };
    Budget::ALL
        .into_iter()
        .filter(|budget| !of(*budget, None).is_empty())
        .map(|budget| {
            let tasks = Task::ALL.map(Some).into_iter().chain([None]);
            std::iter::once(Line::from(budget.name()))
                .chain(tasks.map(|task| Line::from(cell(&of(budget, task)))))
                .collect()
        })
        .collect()
}

/// Mean ± sd (n) of the losses, with how many of the runs predict the class prior (F29).
fn cell(runs: &[&Run]) -> String {
    let losses: Vec<f64> = runs.iter().filter_map(|run| run.row.val_loss).collect();
    let collapsed = runs.iter().filter(|run| run.has_flag("collapsed")).count();
    let mean = mean_sd(&losses);
    if collapsed == 0 {
        mean
    } else {
        format!("{mean}, {collapsed} collapsed")
    }
}
