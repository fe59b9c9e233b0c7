//! The head of the report: when, how many, how well.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{counts::Counts, run::Run};
use crate::{
    LOG, RUNS,
    document::{Block, Line},
};

pub(super) fn blocks(runs: &[Run], generated: DateTime<Utc>) -> Vec<Block> {
    let of = |overridden: bool| {
        let runs = runs.iter();
        Counts::of(runs.filter(move |run| run.row.overridden == overridden))
    };
    let (written, overridden) = (of(false), of(true));
    let item = |name: &str, value: String| Line::default().strong(name).text(format!(": {value}"));
    vec![
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
            item("Total Experiments", total(&written, &overridden)),
            item("Success Rate", rates(&written, &overridden)),
        ]),
    ]
}

/// Experiments with their runs; those that the command line changed apart.
fn total(written: &Counts<'_>, overridden: &Counts<'_>) -> String {
    let all = written.experiments.union(&overridden.experiments).count();
    let runs = |counts: &Counts<'_>| {
        let plural = if counts.runs() == 1 { "" } else { "s" };
        format!("{} run{plural}", counts.runs())
    };
    let mut parts = Vec::new();
    if written.runs() > 0 {
        parts.push(runs(written));
    }
    if overridden.runs() > 0 {
        parts.push(format!(
            "{} overridden on the command line, which no law and no table of results counts",
            runs(overridden)
        ));
    }
    if parts.is_empty() {
        return all.to_string();
    }
    format!(
        "{all} ({}; a run is a search or one seed of a training, and counts once however often it was started)",
        parts.join("; ")
    )
}

fn rates(written: &Counts<'_>, overridden: &Counts<'_>) -> String {
    let started = |counts: &Counts<'_>| counts.runs() + counts.refused > 0;
    match (started(written), started(overridden)) {
        (false, false) => "no runs yet".to_owned(),
        (true, false) => rate(written),
        (false, true) => format!("{}, all overridden", rate(overridden)),
        (true, true) => format!("{}; of the overridden {}", rate(written), rate(overridden)),
    }
}

/// `75.0 % (3 of 4 runs that succeeded or failed), besides 1 interrupted or out of time, which is no failure`.
fn rate(counts: &Counts<'_>) -> String {
    let ended = counts.succeeded + counts.failed;
    let mut text = counts.success_rate().map_or_else(
        || "no run has succeeded or failed".to_owned(),
        |rate| {
            format!(
                "{:.1} % ({} of {ended} runs that succeeded or failed)",
                100.0 * rate,
                counts.succeeded
            )
        },
    );
    if counts.unfinished > 0 {
        text.push_str(&format!(
            ", besides {} interrupted or out of time, which the same command continues",
            counts.unfinished
        ));
    }
    if counts.refused > 0 {
        text.push_str(&format!(", {} more refused by pre-flight", counts.refused));
    }
    text
}
