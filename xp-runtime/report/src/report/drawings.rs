//! The data of the report's figures.

use xp_metrics::{BINS, bin, wilson};

use super::Run;
use crate::{
    document::Figure,
    figure::{
        Bin, Ended, Line, Scaling, curves, history as draw_history, importance as draw_importance,
        precision_recall, reliability, scaling, slices as draw_slices,
    },
    record::{CurvePoint, Predictions, RunRecord},
    scaling::Law,
};

/// Points at which laws are drawn.
const STEPS: u32 = 40;

/// Learning curve of the newest run that has one.
pub(super) fn newest_curve(runs: &[Run]) -> Option<Figure> {
    let run = runs.iter().rev().find(|run| {
        run.record
            .as_ref()
            .is_some_and(|record| !record.curve.is_empty())
    })?;
    let curve = &run.record.as_ref()?.curve;
    let what = if run.row.run_type == "hpo" {
        "best trial"
    } else {
        "training"
    };
    let overridden = if run.row.overridden {
        ", overridden"
    } else {
        ""
    };
    Some(Figure {
        id: "learning_curve".to_owned(),
        caption: format!(
            "Learning curve of {} (run {}, {what}{overridden}).",
            run.row.experiment, run.row.run_id
        ),
        svg: losses(&run.row.experiment, curve, run.row.best_epoch),
    })
}

fn losses(title: &str, curve: &[CurvePoint], selected: Option<u32>) -> String {
    let line = |name: &str, f: &dyn Fn(&CurvePoint) -> f64| Line {
        name: name.to_owned(),
        points: curve
            .iter()
            .map(|point| (f64::from(point.epoch), f(point)))
            .collect(),
    };
    let lines = [
        line("train", &|point| point.train_loss),
        line("validation", &|point| point.val_loss),
    ];
    curves(title, "mean log-loss", &lines, selected.map(f64::from))
}

/// Learning curve, reliability and precision-recall of a finished run.
pub(super) fn of_run(run: &Run) -> Vec<Figure> {
    let Some(record) = &run.record else {
        return Vec::new();
    };
    let seed = run
        .row
        .seed
        .map_or_else(String::new, |seed| format!(", seed {seed}"));
    let title = format!("{}{seed}", run.row.experiment);
    let id = |kind: &str| {
        // The figures of an overridden run stand beside those of the experiment, and of other overridden runs.
        let seed = match (run.row.overridden, run.row.seed) {
            (true, _) => format!("+{}", run.row.run_id),
            (false, Some(seed)) => format!("_s{seed}"),
            (false, None) => String::new(),
        };
        format!("{}{seed}_{kind}", run.row.experiment)
    };
    let mut figures = Vec::new();
    if !record.curve.is_empty() {
        figures.push(Figure {
            id: id("curve"),
            caption: format!("Learning curve of {title}."),
            svg: losses(&title, &record.curve, run.row.best_epoch),
        });
    }
    let judged = record.test.as_ref().map(|set| (set, "test"));
    let Some((set, region)) = judged.or_else(|| record.val.as_ref().map(|set| (set, "validation")))
    else {
        return figures;
    };
    let n = set.labels.len();
    let positives = set.labels.iter().filter(|y| **y == 1.0).count();
    let on = format!("on {region} (n {n}, {positives} positive)");
    if n == 0 || positives == 0 || set.probabilities.len() != n {
        return figures;
    }
    figures.push(Figure {
        id: id("reliability"),
        caption: format!("Reliability of {title} {on}; bars are Wilson intervals, which take samples as independent."),
        svg: reliability(&title, &bins(set)),
    });
    figures.push(Figure {
        id: id("precision_recall"),
        caption: format!("Precision and recall of {title} {on}."),
        svg: precision_recall(&title, &curve(set), positives as f64 / n as f64),
    });
    figures
}

fn bins(set: &Predictions) -> Vec<Bin> {
    let pairs = || set.probabilities.iter().zip(&set.labels);
    (0..BINS)
        .filter_map(|wanted| {
            let members: Vec<(f64, f64)> = pairs()
                .filter(|(p, _)| bin(**p) == wanted)
                .map(|(p, y)| (*p, *y))
                .collect();
            let n = members.len();
            let hits = members.iter().filter(|(_, y)| *y == 1.0).count();
            let share = wilson(hits, n)?;
            Some(Bin {
                said: members.iter().map(|(p, _)| p).sum::<f64>() / n as f64,
                was: share.value,
                low: share.low,
                high: share.high,
                n,
            })
        })
        .collect()
}

/// Recall and precision over falling thresholds, thinned to what a picture can show.
fn curve(set: &Predictions) -> Vec<(f64, f64)> {
    let mut pairs: Vec<(f64, f64)> = set
        .probabilities
        .iter()
        .copied()
        .zip(set.labels.iter().copied())
        .collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let positives = pairs.iter().filter(|(_, y)| *y == 1.0).count() as f64;
    let (mut said, mut hits) = (0.0, 0.0);
    let mut points = Vec::new();
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        said += tied.len() as f64;
        hits += tied.iter().filter(|(_, y)| *y == 1.0).count() as f64;
        points.push((hits / positives, hits / said));
    }
    let every = points.len().div_ceil(400).max(1);
    let last = points.len().saturating_sub(1);
    points
        .into_iter()
        .enumerate()
        .filter(|(i, _)| i % every == 0 || *i == last || *i < 20)
        .map(|(_, point)| point)
        .collect()
}

/// A law with its points and band.
pub(super) fn law(id: &str, name: &str, loss: &str, axis: &str, law: &Law) -> Figure {
    let sizes: Vec<f64> = law.points.iter().map(|(n, _)| *n).collect();
    let low = sizes.iter().copied().fold(f64::INFINITY, f64::min);
    let high = sizes.iter().copied().fold(0.0, f64::max);
    let along: Vec<f64> = (0..=STEPS)
        .map(|i| low * (high / low).powf(f64::from(i) / f64::from(STEPS)))
        .collect();
    let shown = Scaling {
        seeds: law.seeds.clone(),
        means: law
            .points
            .iter()
            .map(|(n, loss)| (*n, loss.value))
            .collect(),
        law: along.iter().map(|n| (*n, law.power.at(*n))).collect(),
        band: along
            .iter()
            .filter_map(|n| law.band(*n).map(|(low, high)| (*n, low, high)))
            .collect(),
        saturating: law.saturating.as_ref().map_or_else(Vec::new, |fit| {
            along.iter().map(|n| (*n, fit.at(&[*n]))).collect()
        }),
    };
    Figure {
        id: id.to_owned(),
        caption: format!(
            "Scaling of {name}: {loss} against {axis}, α = {}, verdict: {}. Points are seeds and their means, the band is the bootstrap's 95 %.",
            super::with_interval(law.power.alpha, law.alpha.interval()),
            law.verdict
        ),
        svg: scaling(name, axis, loss, &shown),
    }
}

/// Trials along each parameter of a search.
pub(super) fn slices(run: &Run) -> Option<Figure> {
    let record = run.record.as_ref()?;
    (!record.slices.is_empty()).then(|| Figure {
        id: format!("{}_slices", run.row.experiment),
        caption: format!(
            "Trials of {} along each parameter, pruned ones grey with what they showed last; values far above are drawn at the upper border.",
            run.row.experiment
        ),
        svg: draw_slices(&run.row.experiment, objective(record), &record.slices),
    })
}

/// What a search minimises, as an axis.
fn objective(record: &RunRecord) -> &'static str {
    let objective = record.spec.as_ref().and_then(|spec| {
        let training = spec.get("training")?;
        Some(training.get("objective")?.as_str()? == "auc")
    });
    if objective == Some(true) {
        "1 − AUC on validation"
    } else {
        "log-loss on validation"
    }
}

/// How a search went.
pub(super) fn history(run: &Run) -> Option<Figure> {
    let record = run.record.as_ref()?;
    let trials: Vec<(u32, Ended, Option<f64>)> = record
        .trials
        .iter()
        .map(|trial| {
            let ended = match trial.state.as_str() {
                "complete" => Ended::Complete,
                "pruned" => Ended::Pruned,
                _ => Ended::Other,
            };
            (trial.number, ended, trial.value)
        })
        .collect();
    (!trials.is_empty()).then(|| Figure {
        id: format!("{}_history", run.row.experiment),
        caption: format!(
            "Search history of {}; values far above are drawn at the upper border.",
            run.row.experiment
        ),
        svg: draw_history(&run.row.experiment, objective(record), &trials),
    })
}

/// What mattered in a search.
pub(super) fn importance(run: &Run) -> Option<Figure> {
    let record = run.record.as_ref()?;
    (!record.importance.is_empty()).then(|| Figure {
        id: format!("{}_importance", run.row.experiment),
        caption: format!(
            "Importance of the parameters of {} by PED-ANOVA: shares in how far the best tenth of {} trials differs from all of them.",
            run.row.experiment,
            record.trials.len()
        ),
        svg: draw_importance(&run.row.experiment, &record.importance),
    })
}
