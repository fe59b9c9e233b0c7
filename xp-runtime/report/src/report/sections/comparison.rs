//! Paired differences of models and baselines on the same test days (F40): whether a model beats them is decided by the interval.

use xp_scaling::Series;

use crate::{
    document::{Block, Line, Table},
    record::Predictions,
    report::{
        numbers::with_interval,
        paired::verdict,
        phase::Phase,
        trained::{Trained, error, loss},
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
    for (key, model) in phase.trained.iter().enumerate() {
        let Some(run) = model.run() else { continue };
        let name = &run.row.experiment;
        let (losses, errors) = baselines(model);
        let bayes = model.bayes().map(|bayes| ("Bayes".to_owned(), bayes));
        let mut line = Line::default().code(name).text(":");
        for (what, seeds, found) in [
            ("log-loss", &model.losses, &losses),
            ("1 − AUC", &model.errors, &errors),
        ] {
            let Some(ours) = Series::over_seeds(seeds, key as u64) else {
                continue;
            };
            let bayes = bayes.iter().filter(|_| what == "log-loss");
            for (baseline, theirs) in found.iter().chain(bayes) {
                let difference = ours.minus(theirs);
                let cells = [
                    name.clone(),
                    what.to_owned(),
                    baseline.clone(),
                    with_interval(theirs.value, theirs.interval()),
                    with_interval(ours.value, ours.interval()),
                    with_interval(difference.value, difference.interval()),
                    verdict(&difference).to_owned(),
                    seeds.len().to_string(),
                    counted(model.test),
                ];
                rows.push(cells.into_iter().map(Line::from).collect());
            }
            let best = found.iter().min_by(|a, b| a.1.value.total_cmp(&b.1.value));
            line = match best {
                None => line.text(format!(" No baseline was evaluated by {what}.")),
                Some((baseline, theirs)) => {
                    let difference = ours.minus(theirs);
                    line.text(" ").strong(verdict(&difference)).text(format!(
                        " the best baseline by {what}, {baseline} (Δ {}).",
                        with_interval(difference.value, difference.interval())
                    ))
                }
            };
        }
        if let (Some((_, bayes)), Some(ours)) =
            (&bayes, Series::over_seeds(&model.losses, key as u64))
        {
            line = line.text(above_bayes(bayes, &ours.minus(bayes)));
        }
        items.push(line.text(format!(" {}.{}", counted(model.test), own_rate(model.test))));
    }
    blocks.push(Block::List(items));
    if !rows.is_empty() {
        blocks.push(Block::Table(Table {
            id: format!("{}_baselines", phase.name),
            caption: "Paired differences Δ = model − baseline on test, model averaged over seeds; lower is better. Intervals: moving-block bootstrap of shared days, with seeds where there are at least 3.".into(),
            header: ["Experiment", "Loss", "Baseline", "Baseline's", "Model's", "Δ [95 %]", "Model", "Seeds", "Test"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }));
    }
    blocks
}

/// How far a model is from what no model is better than.
fn above_bayes(bayes: &Series, difference: &Series) -> String {
    let impossible = match difference.interval() {
        Some((_, high)) if high < 0.0 => ", which is luck or a leak",
        _ => "",
    };
    format!(
        " No model is better than Bayes, log-loss {}, which the simulated market itself knows (Δ {}{impossible}).",
        with_interval(bayes.value, bayes.interval()),
        with_interval(difference.value, difference.interval())
    )
}

/// The loss of a constant at the test's own rate, which no model knows before: a class prior of train that is worse has drifted.
fn own_rate(test: &Predictions) -> String {
    let n = test.labels.len() as f64;
    let p = test.labels.iter().filter(|y| **y == 1.0).count() as f64 / n;
    if p <= 0.0 || p >= 1.0 {
        return String::new();
    }
    let loss = -(p * p.ln() + (1.0 - p) * (1.0 - p).ln());
    format!(
        " A constant at the test's own rate of {:.1} % has log-loss {loss:.4}.",
        100.0 * p
    )
}

fn counted(test: &Predictions) -> String {
    let positives = test.labels.iter().filter(|y| **y == 1.0).count();
    format!("n {}, {positives} positive", test.labels.len())
}

type Named = Vec<(String, Series)>;

/// Log-losses and 1 − AUCs of the baselines that were evaluated on the model's samples.
fn baselines(model: &Trained<'_>) -> (Named, Named) {
    let mut records = model.seeds.iter().filter_map(|run| run.record.as_ref());
    let results = records
        .next_back()
        .map_or(&[][..], |record| &record.baselines);
    let (mut losses, mut errors) = (Vec::new(), Vec::new());
    for baseline in results {
        if baseline.scores.len() != model.test.labels.len() {
            continue;
        }
        let set = Predictions {
            dates: Vec::new(),
            probabilities: baseline.scores.clone(),
            labels: model.test.labels.clone(),
        };
        if baseline.probabilities {
            losses.push((baseline.name.clone(), loss(&set, &model.blocks)));
        }
        if let Some(error) = error(&set, &model.blocks) {
            errors.push((baseline.name.clone(), error));
        }
    }
    (losses, errors)
}
