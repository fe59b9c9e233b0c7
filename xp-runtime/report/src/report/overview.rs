//! The head of the report: when, how many, how well; and the newest learning curve.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{drawings::curve::newest_curve, run::Run};
use crate::{
    LOG, RUNS,
    document::{Block, Line},
    log::Status,
};

pub(super) fn blocks(runs: &[Run], generated: DateTime<Utc>) -> Vec<Block> {
    let started: Vec<&Run> = runs.iter().filter(|run| !run.refused()).collect();
    let refused = runs.len() - started.len();
    let successes = started
        .iter()
        .filter(|run| run.row.status == Status::Success)
        .count();
    let mut rate = if started.is_empty() {
        "no runs yet".to_owned()
    } else {
        format!(
            "{:.1} % ({successes} of {} runs)",
            100.0 * successes as f64 / started.len() as f64,
            started.len()
        )
    };
    if refused > 0 {
        rate.push_str(&format!(", {refused} more refused by pre-flight"));
    }
    let item = |name: &str, value: String| Line::default().strong(name).text(format!(": {value}"));
    let mut blocks = vec![
        Block::Heading(1, "Experiment Results".to_owned()),
        Block::Paragraph(
            Line::new("Generated from ")
                .code(LOG)
                .text(" and ")
                .code(RUNS)
                .text("; do not edit."),
        ),
        Block::List(vec![
            item(
                "Generated",
                generated.to_rfc3339_opts(SecondsFormat::Secs, true),
            ),
            item("Total Experiments", started.len().to_string()),
            item("Success Rate", rate),
        ]),
    ];
    blocks.extend(newest_curve(runs).map(Block::Figure));
    blocks
}
