//! Searches: trials by state, the best value, and figures of how they went.

use std::collections::BTreeMap;

use xp_metrics::{BaselineResult, Difference, loss_difference};
use xp_spec::{
    border::{AtBorder, at_border},
    space::{Assignment, SearchSpace},
};

use crate::{
    PRIOR_NOT_BEATEN,
    document::{Block, Line, Table},
    record::RunRecord,
    report::{
        drawings::search::{history, importance, slices},
        numbers::with_interval,
        paired::verdict,
        phase::Phase,
        run::Run,
    },
};

pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let mut rows = Vec::new();
    let mut borders = Vec::new();
    let mut compared = Vec::new();
    let mut figures = Vec::new();
    for run in &phase.finished {
        let Some(record) = run
            .record
            .as_ref()
            .filter(|record| !record.trials.is_empty())
        else {
            continue;
        };
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for trial in &record.trials {
            *states.entry(&trial.state).or_insert(0) += 1;
        }
        let states: Vec<String> = states
            .iter()
            .map(|(state, count)| format!("{count} {state}"))
            .collect();
        let found: Vec<String> = record
            .trial_flags
            .iter()
            .map(|(flag, trials)| format!("{flag}: {trials}"))
            .collect();
        let best = best_trial(record);
        let (value, number) = best.map_or_else(Default::default, |(value, number)| {
            let value = record.best_interval.map_or_else(
                || format!("{value:.4}"),
                |interval| with_interval(value, Some(interval)),
            );
            let collapsed = run.has_flag("collapsed");
            let mark = if collapsed { " (collapsed)" } else { "" };
            (format!("{value}{mark}"), number.to_string())
        });
        let counted = match (run.row.val_samples, run.row.val_positives) {
            (Some(n), Some(positives)) => format!("n {n}, {positives} positive"),
            _ => String::new(),
        };
        let cells = [
            run.row.experiment.clone(),
            run.data().to_owned(),
            record.trials.len().to_string(),
            states.join(", "),
            found.join(", "),
            value,
            number,
            counted,
            best_baseline(run, record),
            format!("{:.0}", run.row.duration_seconds),
        ];
        borders.extend(at_borders(run));
        rows.push(cells.into_iter().map(Line::from).collect());
        compared.extend(against_references(run, record));
        figures.extend(history(run));
        figures.extend(importance(run));
        figures.extend(slices(run));
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::Heading(3, "Searches".to_owned()),
        Block::Table(Table {
            id: format!("{}_searches", phase.id()),
            caption: "Finished searches. The best objective is the lowest of many on the same validation samples: it is optimistic, its interval (moving-block bootstrap) does not account for the selection, and only trainings are evaluated on test.".into(),
            header: ["Experiment", "Data set", "Trials", "States", "Trials with flags", "Best objective", "Trial", "Validation", "Best baseline on the same samples", "Seconds of the last run"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }),
    ];
    if !borders.is_empty() {
        let text = "Best values at the border of the range that was searched, beyond which the optimum may lie:";
        blocks.push(Block::Paragraph(text.into()));
        blocks.push(Block::List(borders));
    }
    if !compared.is_empty() {
        blocks.push(Block::List(compared));
    }
    blocks.extend(figures.into_iter().map(Block::Figure));
    blocks
}

/// What of the best trial lies at the border of its range; nothing where the record is of another version of the program.
fn at_borders(run: &Run) -> Vec<Line> {
    let found = || {
        let space = run.spec()?.pointer("/run/hpo/space")?;
        let space: SearchSpace = serde_json::from_value(space.clone()).ok()?;
        let point: Assignment = serde_json::from_str(run.row.hyperparameters.as_ref()?).ok()?;
        Some(at_border(&space, &point))
    };
    let line = |border: AtBorder| {
        Line::new(format!("{}: ", run.title()))
            .code(&border.name)
            .text(format!(" {}", border.place()))
    };
    found().unwrap_or_default().into_iter().map(line).collect()
}

/// The best trial beside the class prior and the logistic regression, and whether it beats the class prior (F48).
fn against_references(run: &Run, record: &RunRecord) -> Option<Line> {
    if record.references.is_empty() {
        return None;
    }
    let references: Vec<String> = record
        .references
        .iter()
        .map(|reference| {
            let by = reference.difference.map_or_else(
                || "not compared".to_owned(),
                |difference| format!("Δ {}", with_interval(difference.value, difference.interval)),
            );
            format!("{} {:.4} ({by})", reference.name, reference.value)
        })
        .collect();
    let line = Line::default().code(&run.row.experiment).text(format!(
        " on {}, the best trial beside {}",
        run.data(),
        references.join(", ")
    ));
    Some(if run.has_flag(PRIOR_NOT_BEATEN) {
        line.text("; ")
            .strong("no trial beats the class prior")
            .text(": it is part of no law.")
    } else {
        line.text(".")
    })
}

/// Value and number of the trial that the search chose; of older records the lowest.
fn best_trial(record: &RunRecord) -> Option<(f64, u32)> {
    let complete = record
        .trials
        .iter()
        .filter(|trial| trial.state == "complete");
    complete
        .filter_map(|trial| Some((trial.value?, trial.number)))
        .filter(|(_, number)| record.best_trial.is_none_or(|best| best == *number))
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

/// The baseline of the lowest log-loss on the same validation samples, and by the interval of the paired difference whether the best trial
/// is below it (F40).
fn best_baseline(run: &Run, record: &RunRecord) -> String {
    let comparable = record
        .baselines
        .iter()
        .filter(|baseline| run.row.val_samples == Some(baseline.n as u64));
    let Some((theirs, baseline)) = comparable
        .filter_map(|baseline| Some((baseline.loss?, baseline)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
    else {
        return String::new();
    };
    let verdict = paired(run, record, baseline).map_or_else(
        || "not compared: the best trial's predictions are missing".to_owned(),
        |difference| {
            let verdict = verdict(difference.interval);
            let by = with_interval(difference.value, difference.interval);
            format!("the best trial {verdict} it (Δ {by})")
        },
    );
    format!("{}: log-loss {theirs:.4}; {verdict}", baseline.name)
}

/// Log-loss of the best trial less the baseline's, on the same days.
fn paired(run: &Run, record: &RunRecord, baseline: &BaselineResult) -> Option<Difference> {
    let ours = record.val.as_ref()?;
    let n = ours.labels.len();
    if n == 0 || ours.probabilities.len() != n || baseline.scores.len() != n {
        return None;
    }
    Some(loss_difference(
        &ours.probabilities,
        &baseline.scores,
        &ours.labels,
        run.block_length(),
    ))
}
