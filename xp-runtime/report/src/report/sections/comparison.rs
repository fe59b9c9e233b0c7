//! Paired differences of models and baselines on the same test days (F40): whether a model beats them is decided by the interval.

use xp_metrics::{BaselineResult, Blocks, REPLICATES, entropy};
use xp_scaling::Series;

use crate::{
    document::{Block, Line, Table},
    record::Predictions,
    report::{
        losses::{LOSSES, Loss},
        numbers::with_interval,
        paired::verdict,
        phase::Phase,
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
    for (key, model) in phase.trained.iter().enumerate() {
        let Some(run) = model.run() else { continue };
        let name = &run.row.experiment;
        let mut line = Line::default().code(name).text(":");
        for loss in &LOSSES {
            let seeds = (loss.seeds)(model);
            let Some(ours) = Series::over_seeds(seeds, key as u64) else {
                continue;
            };
            let found: Vec<Compared> = baselines(model)
                .filter_map(|baseline| compared(model, key, loss, &ours, baseline))
                .collect();
            let bayes = bayes(model).filter(|_| loss.of_probabilities);
            let bayes = bayes.and_then(|bayes| compared(model, key, loss, &ours, bayes));
            for one in found.iter().chain(&bayes) {
                let cells = [
                    name.clone(),
                    loss.name.to_owned(),
                    one.baseline.clone(),
                    with_interval(one.theirs.value, one.theirs.interval()),
                    with_interval(ours.value, ours.interval()),
                    with_interval(one.difference.value, one.difference.interval()),
                    verdict(one.difference.interval()).to_owned(),
                    seeds.len().to_string(),
                    counted(model.test),
                ];
                rows.push(cells.into_iter().map(Line::from).collect());
            }
            let best = found
                .iter()
                .min_by(|a, b| a.theirs.value.total_cmp(&b.theirs.value));
            line = match best {
                None => line.text(format!(" No baseline was evaluated by {}.", loss.name)),
                Some(best) => line
                    .text(" ")
                    .strong(verdict(best.difference.interval()))
                    .text(format!(
                        " the best baseline by {}, {} (Δ {}).",
                        loss.name,
                        best.baseline,
                        with_interval(best.difference.value, best.difference.interval())
                    )),
            };
            line = line.text(bayes.as_ref().map_or_else(String::new, above_bayes));
        }
        items.push(line.text(format!(" {}.{}", counted(model.test), own_rate(model.test))));
    }
    blocks.push(Block::List(items));
    if !rows.is_empty() {
        blocks.push(Block::Table(Table {
            id: format!("{}_baselines", phase.name),
            caption: "Paired differences Δ = model − baseline on test, model averaged over seeds; lower is better. Intervals: moving-block bootstrap of shared days, blocks of Δ as long as its autocorrelation needs, with seeds where there are at least 3.".into(),
            header: ["Experiment", "Loss", "Baseline", "Baseline's", "Model's", "Δ [95 %]", "Model", "Seeds", "Test"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }));
    }
    blocks
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

fn counted(test: &Predictions) -> String {
    let positives = test.labels.iter().filter(|y| **y == 1.0).count();
    format!("n {}, {positives} positive", test.labels.len())
}

/// A model beside a baseline.
struct Compared {
    baseline: String,
    theirs: Series,
    /// The model's mean over seeds less the baseline's.
    difference: Series,
}

/// A model, by its mean over seeds, beside a baseline, in blocks as long as their difference needs; absent where the loss is not defined.
fn compared(
    model: &Trained<'_>,
    key: usize,
    loss: &Loss,
    ours: &Series,
    baseline: &BaselineResult,
) -> Option<Compared> {
    if loss.of_probabilities && !baseline.probabilities {
        return None;
    }
    let theirs = Predictions {
        dates: Vec::new(),
        probabilities: baseline.scores.clone(),
        labels: model.test.labels.clone(),
    };
    let least = model.blocks.length();
    let length = loss.block(&model.tests(), &[&theirs], least);
    let of_theirs = (loss.series)(&theirs, &model.blocks)?;
    let difference = if length == least {
        ours.minus(&of_theirs)
    } else {
        let blocks = Blocks::new(model.test.labels.len(), length, REPLICATES);
        let tests = model.tests().into_iter();
        let seeds: Option<Vec<Series>> = tests.map(|set| (loss.series)(set, &blocks)).collect();
        let ours = Series::over_seeds(&seeds?, key as u64)?;
        ours.minus(&(loss.series)(&theirs, &blocks)?)
    };
    Some(Compared {
        baseline: baseline.name.clone(),
        theirs: of_theirs,
        difference,
    })
}

/// Baselines that were evaluated on the model's samples.
fn baselines<'a>(model: &'a Trained<'_>) -> impl Iterator<Item = &'a BaselineResult> {
    let results = model.record().map_or(&[][..], |record| &record.baselines);
    results
        .iter()
        .filter(|baseline| baseline.scores.len() == model.test.labels.len())
}

fn bayes<'a>(model: &'a Trained<'_>) -> Option<&'a BaselineResult> {
    let bayes = model.record()?.bayes.as_ref()?;
    (bayes.scores.len() == model.test.labels.len()).then_some(bayes)
}
