//! The components of a mixture along one dimension: truncated normals, or a table of probabilities. It weighs no component.

use std::collections::HashMap;

use crate::{
    rng::Stream,
    space::{
        dimension::{Dimension, Kind},
        shapes::SHAPE_FEATURES,
    },
};

/// Weight of the prior component, in trials.
pub(super) const PRIOR_WEIGHT: f64 = 1.0;
/// Draws from a truncated normal before its centre is taken.
const TRUNCATED_DRAWS: usize = 64;

/// The components along one dimension.
pub(super) enum Marginal<'a> {
    /// Normals truncated to [0, 1]; on integer and ordinal dimensions integrated over the interval of the level.
    Normal {
        dimension: &'a Dimension,
        /// Normals that differ. Levels have few, however many trials there are.
        normals: Vec<Normal>,
        /// Of each component, its position among them.
        of: Vec<u32>,
    },
    /// A probability for each level, row by row of components.
    Table { levels: usize, rows: Vec<f64> },
}

/// A normal truncated to [0, 1].
#[derive(Debug, Clone, Copy)]
pub(super) struct Normal {
    centre: f64,
    width: f64,
    /// Mass within [0, 1].
    mass: f64,
    /// Logarithm of width times mass.
    log_scale: f64,
}

impl Normal {
    fn new(centre: f64, width: f64) -> Self {
        let mass = cumulative((1.0 - centre) / width) - cumulative(-centre / width);
        Self {
            centre,
            width,
            mass,
            log_scale: (width * mass).ln(),
        }
    }

    /// Logarithm of the density at a position.
    fn log_at(&self, position: f64) -> f64 {
        let z = (position - self.centre) / self.width;
        -0.5 * z * z - self.log_scale
    }

    /// Logarithm of the mass of an interval.
    fn log_within(&self, low: f64, high: f64) -> f64 {
        let edge = |at: f64| (at - self.centre) / self.width;
        (interval(edge(low), edge(high)) / self.mass)
            .max(1e-300)
            .ln()
    }
}

impl<'a> Marginal<'a> {
    pub(super) fn normal(
        dimension: &'a Dimension,
        narrowest: f64,
        positions: impl Iterator<Item = f64>,
    ) -> Self {
        let mut centres: Vec<f64> = positions.collect();
        let mut widths = widths(&centres, narrowest);
        centres.push(0.5);
        widths.push(1.0);
        let is_real = matches!(dimension.kind, Kind::Real { .. });
        let (mut normals, mut of) = (Vec::new(), Vec::with_capacity(centres.len()));
        let mut known: HashMap<(u64, u64), u32> = HashMap::new();
        for (centre, width) in centres.into_iter().zip(widths) {
            let mut add = || {
                normals.push(Normal::new(centre, width));
                normals.len() as u32 - 1
            };
            of.push(if is_real {
                add()
            } else {
                let key = (centre.to_bits(), width.to_bits());
                *known.entry(key).or_insert_with(add)
            });
        }
        Self::Normal {
            dimension,
            normals,
            of,
        }
    }

    /// Each trial's row: 1 at its level, and the prior's share spread over all (Optuna's categorical kernel).
    pub(super) fn categorical(levels: usize, seen: impl Iterator<Item = usize>) -> Self {
        let seen: Vec<usize> = seen.collect();
        let spread = PRIOR_WEIGHT / (seen.len() as f64 + 1.0);
        let mut rows = Vec::with_capacity((seen.len() + 1) * levels);
        for level in seen {
            let sum = spread * levels as f64 + 1.0;
            rows.extend((0..levels).map(|at| (spread + f64::from(u8::from(at == level))) / sum));
        }
        rows.extend(std::iter::repeat_n(1.0 / levels as f64, levels));
        Self::Table { levels, rows }
    }

    /// Each trial's row: a normal in the features of a shape, normalised over the list.
    pub(super) fn shapes(
        features: &[[f64; SHAPE_FEATURES]],
        width: f64,
        seen: impl Iterator<Item = usize>,
    ) -> Self {
        let levels = features.len();
        let mut rows = Vec::new();
        for level in seen {
            let Some(centre) = features.get(level) else {
                continue;
            };
            let start = rows.len();
            rows.extend(features.iter().map(|at| {
                let pairs = at.iter().zip(centre);
                let distance: f64 = pairs.map(|(a, b)| ((a - b) / width).powi(2)).sum();
                (-0.5 * distance).exp().max(1e-12)
            }));
            let row = rows.get_mut(start..).unwrap_or_default();
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|share| *share /= sum);
        }
        rows.extend(std::iter::repeat_n(1.0 / levels as f64, levels));
        Self::Table { levels, rows }
    }

    pub(super) fn sample(
        &self,
        component: usize,
        dimension: &Dimension,
        random: &mut Stream,
    ) -> f64 {
        match self {
            Self::Normal { normals, of, .. } => {
                let normal = of.get(component).and_then(|at| normals.get(*at as usize));
                let (centre, width) = normal.map_or((0.5, 1.0), |n| (n.centre, n.width));
                let position = (0..TRUNCATED_DRAWS)
                    .map(|_| centre + width * random.normal())
                    .find(|position| (0.0..=1.0).contains(position))
                    .unwrap_or(centre);
                dimension.at_unit_position(position)
            }
            Self::Table { levels, rows } => {
                let row = rows.chunks_exact(*levels).nth(component);
                random.weighted(row.unwrap_or_default()) as f64
            }
        }
    }

    /// Adds to each component's logarithm its density at a coordinate.
    pub(super) fn add_log(&self, coordinate: f64, logs: &mut [f64]) {
        match self {
            Self::Normal {
                dimension,
                normals,
                of,
            } => {
                if let Kind::Real { .. } = dimension.kind {
                    for (normal, log) in normals.iter().zip(logs) {
                        *log += normal.log_at(coordinate);
                    }
                    return;
                }
                let (low, high) = dimension.unit_interval(coordinate);
                let masses = normals.iter().map(|normal| normal.log_within(low, high));
                let masses: Vec<f64> = masses.collect();
                for (at, log) in of.iter().zip(logs) {
                    *log += masses.get(*at as usize).copied().unwrap_or(0.0);
                }
            }
            Self::Table { levels, rows } => {
                let column = rows.iter().skip(coordinate as usize).step_by(*levels);
                // Rows of the same level are the same.
                let mut last = (f64::NAN, f64::NAN);
                for (share, log) in column.zip(logs) {
                    if last.0 != *share {
                        last = (*share, share.ln());
                    }
                    *log += last.1;
                }
            }
        }
    }
}

/// Width of each normal: the larger distance to its neighbours, the first and last of several to their only one (Optuna 5's
/// rule, also for multivariate densities).
fn widths(centres: &[f64], narrowest: f64) -> Vec<f64> {
    let mut ranking: Vec<usize> = (0..centres.len()).collect();
    ranking.sort_by(|a, b| centres[*a].total_cmp(&centres[*b]));
    let mut widths = vec![1.0; centres.len()];
    for (rank, index) in ranking.iter().enumerate() {
        let neighbour = |rank: Option<usize>| {
            let index = rank.and_then(|rank| ranking.get(rank));
            index.map(|index| centres[*index])
        };
        let at = centres[*index];
        let below = neighbour(rank.checked_sub(1)).map(|other| at - other);
        let above = neighbour(Some(rank + 1)).map(|other| other - at);
        let width = match (below, above) {
            (Some(below), Some(above)) => below.max(above),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => at.max(1.0 - at),
        };
        widths[*index] = width.clamp(narrowest, 1.0);
    }
    widths
}

/// Mass of the standard normal below `z`.
fn cumulative(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Mass between two quantiles, without cancellation in the upper tail.
fn interval(low: f64, high: f64) -> f64 {
    if low > 0.0 {
        cumulative(-low) - cumulative(-high)
    } else {
        cumulative(high) - cumulative(low)
    }
}
