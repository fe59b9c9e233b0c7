//! Maximisation of the acquisition over mixed dimensions: many random points, then from the best of them gradient steps on real
//! dimensions in turn with exhaustive or line search on discrete ones. It fits nothing.

use crate::{
    evaluations::Evaluations,
    rng::Stream,
    sampler::gp::{
        acquisition::Acquisition,
        features::Features,
        lbfgs::{Bounds, minimise},
    },
    space::{
        dimension::{Dimension, Kind},
        encoded::{EncodedSpace, Point},
    },
};

/// Uniform random points.
const UNIFORM: usize = 512;
/// Points near the best trials.
const NEARBY: usize = 256;
/// Best trials around which points are drawn.
const CENTRES: usize = 5;
/// Starts of local search.
const STARTS: usize = 8;
/// Alternations of gradient and discrete steps.
const ROUNDS: usize = 6;
/// Gradient steps of one alternation.
const STEPS: usize = 40;
/// Levels up to which a discrete dimension is searched exhaustively.
const MAX_EXHAUSTIVE: u64 = 64;
/// Candidates of the first stage that are appended to those of local search, in case all of these were tried before.
const FALLBACKS: usize = 64;
/// Gain of the log acquisition below which local search ends.
const MIN_GAIN: f64 = 1e-4;

/// Candidates, the most promising first.
pub(crate) fn maximise(
    space: &EncodedSpace,
    features: &Features<'_>,
    acquisition: &Acquisition,
    evaluations: &Evaluations<'_>,
    random: &mut Stream,
) -> Vec<Point> {
    let search = Search {
        space,
        features,
        acquisition,
    };
    let centres = best_points(evaluations);
    let mut scored: Vec<(f64, Point)> = (0..UNIFORM + NEARBY)
        .map(|index| {
            let point = if index < UNIFORM {
                space.uniform(random)
            } else {
                nearby(space, &centres, random)
            };
            (search.score(&point), point)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut found: Vec<(f64, Point)> = starts(&scored, &centres, random)
        .into_iter()
        .map(|start| search.improve(start))
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.extend(scored.into_iter().take(FALLBACKS));
    found.into_iter().map(|(_, point)| point).collect()
}

/// The points of the best measured trials, the best first.
fn best_points(evaluations: &Evaluations<'_>) -> Vec<Point> {
    let mut ranked: Vec<(f64, &Point)> = evaluations
        .values()
        .into_iter()
        .zip(evaluations.points)
        .filter_map(|(value, point)| value.map(|value| (value, point)))
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked
        .into_iter()
        .take(CENTRES)
        .map(|(_, point)| point.clone())
        .collect()
}

/// A best point with some dimensions moved, by one of three widths.
fn nearby(space: &EncodedSpace, centres: &[Point], random: &mut Stream) -> Point {
    let Some(centre) = centres.get(random.below(centres.len())) else {
        return space.uniform(random);
    };
    let width = [0.3, 0.1, 0.02][random.below(3)];
    let share = (2.0 / space.dimensions.len().max(1) as f64).max(0.5);
    space
        .dimensions
        .iter()
        .zip(centre)
        .map(|(dimension, coordinate)| {
            if random.uniform() > share {
                return *coordinate;
            }
            match dimension.kind {
                Kind::Categorical { .. } | Kind::Shapes { .. } => {
                    dimension.at_quantile(random.uniform())
                }
                _ => dimension.at_unit_position(
                    dimension.unit_position(*coordinate) + width * random.normal(),
                ),
            }
        })
        .collect()
}

/// The best trial, the best candidate, and others by roulette on the acquisition.
fn starts(scored: &[(f64, Point)], centres: &[Point], random: &mut Stream) -> Vec<Point> {
    let top = scored.first().map_or(0.0, |(score, _)| *score);
    let mut weights: Vec<f64> = scored
        .iter()
        .map(|(score, _)| (score - top).exp())
        .collect();
    let mut starts: Vec<Point> = centres.first().cloned().into_iter().collect();
    let mut chosen = 0;
    while starts.len() < STARTS {
        if let (Some((_, point)), Some(weight)) = (scored.get(chosen), weights.get_mut(chosen)) {
            starts.push(point.clone());
            *weight = 0.0;
        } else {
            break;
        }
        chosen = random.weighted(&weights);
    }
    starts
}

struct Search<'a> {
    space: &'a EncodedSpace,
    features: &'a Features<'a>,
    acquisition: &'a Acquisition,
}

impl Search<'_> {
    fn score(&self, point: &[f64]) -> f64 {
        self.acquisition.score(&self.features.row(point))
    }

    fn improve(&self, mut point: Point) -> (f64, Point) {
        let mut score = self.score(&point);
        for _ in 0..ROUNDS {
            let before = score;
            score = self.gradient_steps(&mut point, score);
            for index in 0..self.space.dimensions.len() {
                score = self.discrete_steps(&mut point, index, score);
            }
            if score - before < MIN_GAIN {
                break;
            }
        }
        (score, point)
    }

    /// Gradient steps on real dimensions, and on integer ones with too many levels to try all, which are then rounded.
    fn gradient_steps(&self, point: &mut Point, score: f64) -> f64 {
        let dimensions: Vec<usize> = (0..self.space.dimensions.len())
            .filter(|index| self.space.dimensions.get(*index).is_some_and(has_gradient))
            .collect();
        if dimensions.is_empty() {
            return score;
        }
        let wanted: Vec<usize> = dimensions
            .iter()
            .map(|dimension| self.features.starts[*dimension])
            .collect();
        let mut row = self.features.row(point);
        let mut positions: Vec<f64> = wanted.iter().map(|feature| row[*feature]).collect();
        let (low, high) = (vec![0.0; dimensions.len()], vec![1.0; dimensions.len()]);
        minimise(
            |positions, gradient| {
                for (feature, position) in wanted.iter().zip(positions) {
                    row[*feature] = *position;
                }
                let score = self
                    .acquisition
                    .score_with_gradient(&row, &wanted, gradient);
                gradient.iter_mut().for_each(|slope| *slope = -*slope);
                -score
            },
            &mut positions,
            &Bounds {
                low: &low,
                high: &high,
            },
            STEPS,
            1e-5,
        );
        let mut moved = point.clone();
        for (dimension, position) in dimensions.iter().zip(positions) {
            moved[*dimension] = self.space.dimensions[*dimension].at_unit_position(position);
        }
        let moved_score = self.score(&moved);
        if moved_score > score {
            *point = moved;
            return moved_score;
        }
        score
    }

    /// One discrete dimension: all levels, or steps of halving length from where it is.
    fn discrete_steps(&self, point: &mut Point, index: usize, mut score: f64) -> f64 {
        let Some(dimension) = self.space.dimensions.get(index) else {
            return score;
        };
        let (Some(levels), false) = (
            dimension.levels(),
            matches!(dimension.kind, Kind::Real { .. }),
        ) else {
            return score;
        };
        let mut row = self.features.row(point);
        let mut attempt = |level: f64, score: &mut f64, point: &mut Point| {
            self.features.set(&mut row, index, level);
            let attempted = self.acquisition.score(&row);
            let better = attempted > *score;
            if better {
                *score = attempted;
                point[index] = level;
            }
            better
        };
        if levels <= MAX_EXHAUSTIVE {
            for level in 0..levels {
                attempt(level as f64, &mut score, point);
            }
            return score;
        }
        if let Kind::Shapes { features, .. } = &dimension.kind {
            for level in nearest_shapes(features, point[index] as usize) {
                attempt(level as f64, &mut score, point);
            }
            return score;
        }
        let mut stride = 1_u64 << (levels.ilog2() / 2);
        while stride > 0 {
            let at = point[index];
            let down = at - stride as f64;
            let up = at + stride as f64;
            let moved = (down >= 0.0 && attempt(down, &mut score, point))
                || (up < levels as f64 && attempt(up, &mut score, point));
            if !moved {
                stride /= 2;
            }
        }
        score
    }
}

fn has_gradient(dimension: &Dimension) -> bool {
    match dimension.kind {
        Kind::Real { low, high, .. } => low < high,
        Kind::Integer { count, .. } => count > MAX_EXHAUSTIVE,
        _ => false,
    }
}

/// The shapes most like one of a long list, and every so many of the others.
fn nearest_shapes<const N: usize>(features: &[[f64; N]], level: usize) -> Vec<usize> {
    let Some(centre) = features.get(level) else {
        return Vec::new();
    };
    let mut ranked: Vec<(f64, usize)> = features
        .iter()
        .map(|row| row.iter().zip(centre).map(|(a, b)| (a - b).powi(2)).sum())
        .zip(0..)
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (near, far) = ranked.split_at(ranked.len().min(MAX_EXHAUSTIVE as usize));
    let skip = (far.len() / (MAX_EXHAUSTIVE as usize / 2)).max(1);
    near.iter()
        .chain(far.iter().step_by(skip))
        .map(|(_, level)| *level)
        .collect()
}
