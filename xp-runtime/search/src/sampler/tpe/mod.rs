//! Multivariate tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011; Watanabe, arXiv 2304.11127): the point with
//! the largest ratio of the densities of good and of other trials. It uses only the last value of a learning curve.

mod density;
mod marginal;

use std::cmp::Ordering;

use crate::{
    evaluations::{Evaluation, Evaluations},
    rng::{Purpose, Stream},
    sampler::{
        interface::{Candidates, Request, Sampler},
        tpe::density::{Density, Weighted},
    },
    space::encoded::Point,
};

/// Share of the trials that counts as good.
const GOOD_SHARE: f64 = 0.1;
/// Most trials that count as good.
const GOOD_MOST: usize = 25;
/// Points drawn from the density of good trials.
const CANDIDATES: usize = 24;
/// The most recent trials that weigh fully; older ones fade linearly.
const FULL_WEIGHT: usize = 25;

/// Running trials count among the others (constant liar), so that parallel workers spread.
pub(crate) struct Tpe;

impl Sampler for Tpe {
    fn candidates<'a>(&self, request: &Request<'a>) -> Candidates<'a> {
        Box::new(propose(request).into_iter())
    }
}

fn propose(request: &Request<'_>) -> Vec<Point> {
    let mut random = Stream::new(request.seed, request.number, Purpose::Point);
    let (good, other) = split(request.evaluations);
    let good = Density::new(request.space, &good);
    let other = Density::new(request.space, &other);
    let mut scored: Vec<(f64, Point)> = (0..CANDIDATES)
        .map(|_| {
            let point = good.sample(&mut random);
            (good.log_density(&point) - other.log_density(&point), point)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().map(|(_, point)| point).collect()
}

/// Complete trials by value, then pruned ones by (−step, value), then infeasible ones; the older of equals first.
fn order(a: Evaluation, b: Evaluation) -> Ordering {
    let class = |result: Evaluation| match result {
        Evaluation::Complete(_) => 0,
        Evaluation::Pruned { .. } => 1,
        Evaluation::Infeasible => 2,
    };
    match (a, b) {
        (Evaluation::Complete(a), Evaluation::Complete(b)) => a.total_cmp(&b),
        (
            Evaluation::Pruned { step, value },
            Evaluation::Pruned {
                step: other_step,
                value: other_value,
            },
        ) => other_step.cmp(&step).then(value.total_cmp(&other_value)),
        _ => class(a).cmp(&class(b)),
    }
}

/// Good and other points with their weights, each in order of trial numbers.
fn split<'a>(evaluations: &'a Evaluations<'_>) -> (Vec<Weighted<'a>>, Vec<Weighted<'a>>) {
    let count = evaluations.points.len();
    let mut ranking: Vec<(usize, Evaluation)> =
        evaluations.results.iter().copied().enumerate().collect();
    ranking.sort_by(|(_, a), (_, b)| order(*a, *b));
    let good_count = ((GOOD_SHARE * count as f64).ceil() as usize).min(GOOD_MOST);
    let mut is_good = vec![false; count];
    for (index, result) in ranking.into_iter().take(good_count) {
        if let Some(slot) = is_good.get_mut(index) {
            *slot = result != Evaluation::Infeasible;
        }
    }
    let side = |wanted: bool| -> Vec<&Point> {
        let points = evaluations.points.iter().zip(&is_good);
        points
            .filter(|(_, good)| **good == wanted)
            .map(|(point, _)| point)
            .collect()
    };
    let mut other = side(false);
    other.extend(&evaluations.pending);
    (weighted(side(true)), weighted(other))
}

fn weighted(points: Vec<&Point>) -> Vec<Weighted<'_>> {
    let fading = points.len().saturating_sub(FULL_WEIGHT);
    let first = 1.0 / points.len().max(1) as f64;
    points
        .into_iter()
        .enumerate()
        .map(|(index, point)| {
            let weight = if index < fading {
                first + (1.0 - first) * index as f64 / fading as f64
            } else {
                1.0
            };
            (point, weight)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_complete_then_pruned_then_infeasible() {
        let pruned = |step, value| Evaluation::Pruned { step, value };
        let mut results = [
            Evaluation::Infeasible,
            pruned(2, 0.1),
            Evaluation::Complete(0.9),
            pruned(5, 0.8),
            Evaluation::Complete(0.2),
            pruned(5, 0.3),
        ];
        results.sort_by(|a, b| order(*a, *b));
        assert_eq!(
            results,
            [
                Evaluation::Complete(0.2),
                Evaluation::Complete(0.9),
                pruned(5, 0.3),
                pruned(5, 0.8),
                pruned(2, 0.1),
                Evaluation::Infeasible,
            ]
        );
    }

    #[test]
    fn old_trials_fade() {
        let points: Vec<Point> = (0..30).map(|x| vec![f64::from(x)]).collect();
        let weights: Vec<f64> = weighted(points.iter().collect())
            .into_iter()
            .map(|(_, weight)| weight)
            .collect();
        assert!((weights[0] - 1.0 / 30.0).abs() < 1e-12);
        assert!(weights.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(weights[5..].iter().all(|weight| *weight == 1.0));
    }
}
