//! The components of a mixture along one dimension: truncated normals, or a table of probabilities. It weighs no component.

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
        centres: Vec<f64>,
        widths: Vec<f64>,
        /// Mass within [0, 1].
        masses: Vec<f64>,
    },
    /// A probability for each level, row by row of components.
    Table { levels: usize, rows: Vec<f64> },
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
        let masses = centres
            .iter()
            .zip(&widths)
            .map(|(centre, width)| cumulative((1.0 - centre) / width) - cumulative(-centre / width))
            .collect();
        Self::Normal {
            dimension,
            centres,
            widths,
            masses,
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
            Self::Normal {
                centres, widths, ..
            } => {
                let centre = centres.get(component).copied().unwrap_or(0.5);
                let width = widths.get(component).copied().unwrap_or(1.0);
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
                centres,
                widths,
                masses,
            } => {
                let components = centres.iter().zip(widths).zip(masses);
                let cell = match dimension.kind {
                    Kind::Real { .. } => None,
                    _ => Some(dimension.unit_interval(coordinate)),
                };
                for (((centre, width), mass), log) in components.zip(logs) {
                    *log += match cell {
                        None => {
                            let z = (coordinate - centre) / width;
                            -0.5 * z * z - (width * mass).ln()
                        }
                        Some((low, high)) => {
                            let inside = interval((low - centre) / width, (high - centre) / width);
                            (inside / mass).max(1e-300).ln()
                        }
                    };
                }
            }
            Self::Table { levels, rows } => {
                let column = rows.iter().skip(coordinate as usize).step_by(*levels);
                for (share, log) in column.zip(logs) {
                    *log += share.ln();
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
