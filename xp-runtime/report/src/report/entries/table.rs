//! The table of a run's metrics.

use xp_metrics::Measurement;

use crate::{
    document::{Line, Table},
    report::{numbers::with_interval, run::Run},
};

/// Metrics on validation and test, a row each.
pub(super) fn metrics(phase: &str, run: &Run, val: &[Measurement], test: &[Measurement]) -> Table {
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
            "Metrics of {}{seed} of the selected weights, 95 % intervals by moving-block bootstrap except where noted.",
            run.title()
        )),
        header: ["Metric", "Validation", "Test"].map(str::to_owned).to_vec(),
        rows,
    }
}
