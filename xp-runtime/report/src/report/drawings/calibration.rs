//! What reliability and precision-recall figures show of predictions.

use xp_metrics::{BINS, bin, wilson};

use crate::{figure::Bin, record::Predictions};

/// Predictions by probability, with the share of positives.
pub(super) fn bins(set: &Predictions) -> Vec<Bin> {
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
                predicted: members.iter().map(|(p, _)| p).sum::<f64>() / n as f64,
                observed: share.value,
                low: share.low,
                high: share.high,
                n,
            })
        })
        .collect()
}

/// Recall and precision over falling thresholds, thinned to what a picture can show.
pub(super) fn thresholds(set: &Predictions) -> Vec<(f64, f64)> {
    let mut pairs: Vec<(f64, f64)> = set
        .probabilities
        .iter()
        .copied()
        .zip(set.labels.iter().copied())
        .collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let positives = pairs.iter().filter(|(_, y)| *y == 1.0).count() as f64;
    let (mut predicted, mut hits) = (0.0, 0.0);
    let mut points = Vec::new();
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        predicted += tied.len() as f64;
        hits += tied.iter().filter(|(_, y)| *y == 1.0).count() as f64;
        points.push((hits / positives, hits / predicted));
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
