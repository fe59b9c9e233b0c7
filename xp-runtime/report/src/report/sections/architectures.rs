//! The best shapes of each budget and task, by value.

use std::collections::BTreeMap;

use serde_json::Value;
use xp_spec::{architecture::Architecture, count::group};

use crate::{
    document::{Block, Line, Table},
    report::{phase::Phase, run::Run},
};

/// The finished search with the lowest validation loss of each question and budget. A collapsed model is named as such, never ranked
/// best silently (F29).
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let mut best: BTreeMap<(String, u64, String), &Run> = BTreeMap::new();
    for &run in phase
        .finished
        .iter()
        .filter(|run| run.row.run_type == "hpo")
    {
        let row = &run.row;
        let Some(loss) = row.val_loss else { continue };
        let key = (
            run.question(),
            row.param_count.unwrap_or(0),
            row.experiment.clone(),
        );
        let better = |other: &Run| {
            let rank = |run: &Run, loss: f64| (run.has_flag("collapsed"), loss);
            rank(run, loss) < rank(other, other.row.val_loss.unwrap_or(f64::INFINITY))
        };
        if best.get(&key).is_none_or(|other| better(other)) {
            best.insert(key, run);
        }
    }
    if best.is_empty() {
        return Vec::new();
    }
    let rows = best
        .into_iter()
        .map(|((question, _, _), run)| {
            let row = &run.row;
            let parameters: Option<Value> = row
                .hyperparameters
                .as_deref()
                .and_then(|json| serde_json::from_str(json).ok());
            let shape: Option<Architecture> = parameters
                .as_ref()
                .and_then(|all| serde_json::from_value(all.get("architecture")?.clone()).ok());
            let shape = |of: &dyn Fn(Architecture) -> u32| {
                shape.map_or_else(String::new, |shape| of(shape).to_string())
            };
            let loss = match (row.val_loss, row.val_samples, row.val_positives) {
                (Some(loss), Some(n), Some(positives)) => {
                    format!("{loss:.4} (n {n}, {positives} positive)")
                }
                (Some(loss), ..) => format!("{loss:.4}"),
                _ => String::new(),
            };
            let collapsed = if run.has_flag("collapsed") {
                "collapsed: predicts the class prior"
            } else {
                ""
            };
            [
                row.budget.clone(),
                question,
                shape(&|a| a.d_model),
                shape(&|a| a.n_layers),
                shape(&|a| a.n_heads),
                shape(&|a| a.d_ff),
                row.param_count.map_or_else(String::new, group),
                loss,
                collapsed.to_owned(),
            ]
            .into_iter()
            .map(Line::from)
            .collect()
        })
        .collect();
    vec![
        Block::Heading(3, "Best Architectures".to_owned()),
        Block::Table(Table {
            id: format!("{}_architectures", phase.id()),
            caption: "Shape of each finished search's best trial, by validation.".into(),
            header: [
                "Budget",
                "Question",
                "d_model",
                "Layers",
                "Heads",
                "d_ff",
                "Parameters",
                "Validation log-loss",
                "Flag",
            ]
            .map(str::to_owned)
            .to_vec(),
            rows,
        }),
    ]
}
