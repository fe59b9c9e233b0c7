//! Paired differences of models and baselines on the same test days (F40): whether a model beats them is decided by the interval.

use xp_metrics::entropy;

use crate::{
    document::{Block, Line, Table},
    record::Predictions,
    report::{
        against::{Against, Compared},
        numbers::{counted, with_interval},
        paired::verdict,
        phase::Phase,
        run::Run,
        trained::Trained,
    },
};

pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(3, "Comparison with Baselines".to_owned())];
    if phase.trained.is_empty() {
        blocks.push(Block::Paragraph(
            "No training has finished: only trainings are compared on test data.".into(),
        ));
        return blocks;
    }
    let mut items = Vec::new();
    let mut rows = Vec::new();
    for model in &phase.trained {
        let Some(run) = model.run() else { continue };
        let mut line = Line::default().code(&run.row.experiment);
        line = line.text(format!(" on {}:", run.data()));
        for against in phase.against(model) {
            rows.extend(table_rows(run, model, against));
            line = match against.best() {
                None => line.text(format!(
                    " No baseline was evaluated by {}.",
                    against.loss.name
                )),
                Some(best) => line
                    .text(" ")
                    .strong(verdict(best.difference.interval()))
                    .text(format!(
                        " the best baseline by {}, {} (Δ {}).",
                        against.loss.name,
                        best.name,
                        with_interval(best.difference.value, best.difference.interval())
                    )),
            };
            line = line.text(against.bayes.as_ref().map_or_else(String::new, above_bayes));
        }
        items.push(line.text(format!(" {}.{}", counted(model.test), own_rate(model.test))));
    }
    blocks.push(Block::List(items));
    if !rows.is_empty() {
        blocks.push(Block::Table(Table {
            id: format!("{}_baselines", phase.id()),
            caption: "Paired differences Δ = model − baseline on test, model averaged over seeds; lower is better. Intervals: moving-block bootstrap of shared days, blocks of Δ as long as its autocorrelation needs, with seeds where there are at least 3.".into(),
            header: ["Experiment", "Data set", "Loss", "Baseline", "Loss of the baseline [95 %]", "Loss of the model [95 %]", "Δ [95 %]", "Verdict: the model …", "Seeds", "Test"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }));
    }
    blocks
}

/// A row for each baseline, and for Bayes.
fn table_rows(run: &Run, model: &Trained<'_>, against: &Against) -> Vec<Vec<Line>> {
    let ours = with_interval(against.ours.value, against.ours.interval());
    let others = against.baselines.iter().chain(&against.bayes);
    others
        .map(|one| {
            let verdict = verdict(one.difference.interval());
            let cells = [
                run.row.experiment.clone(),
                run.data().to_owned(),
                against.loss.name.to_owned(),
                one.name.clone(),
                with_interval(one.theirs.value, one.theirs.interval()),
                ours.clone(),
                with_interval(one.difference.value, one.difference.interval()),
                format!("{verdict} it"),
                against.seeds.to_string(),
                counted(model.test),
            ];
            cells.into_iter().map(Line::from).collect()
        })
        .collect()
}

/// How far a model is from what a model beats by luck only.
fn above_bayes(bayes: &Compared) -> String {
    let impossible = match bayes.difference.interval() {
        Some((_, high)) if high < 0.0 => ", which is luck or a leak",
        _ => "",
    };
    format!(
        " Bayes, the simulated market's own probabilities, which a model beats by luck only: log-loss {} (Δ {}{impossible}).",
        with_interval(bayes.theirs.value, bayes.theirs.interval()),
        with_interval(bayes.difference.value, bayes.difference.interval())
    )
}

/// The loss of a constant at the test's own rate, which no model knows before: a class prior of train that is worse has drifted.
fn own_rate(test: &Predictions) -> String {
    let n = test.labels.len() as f64;
    let p = test.labels.iter().filter(|y| **y == 1.0).count() as f64 / n;
    if p <= 0.0 || p >= 1.0 {
        return String::new();
    }
    let loss = entropy(p);
    format!(
        " A constant at the test's own rate of {:.1} % has log-loss {loss:.4}.",
        100.0 * p
    )
}
