//! A mixture density over points: one component for each trial and a wide prior one. It ranks no trial.

use crate::{
    rng::Stream,
    space::{
        dimension::{Dimension, Kind},
        encoded::{EncodedSpace, Point},
        shapes::SHAPE_FEATURES,
    },
};

/// A point with the weight of its component.
pub(crate) type Weighted<'a> = (&'a Point, f64);

/// Bandwidth of a shape, as a share of each feature's range, times n^(−1/(d+4)) (Scott's rule).
const SHAPE_BANDWIDTH: f64 = 0.2;
/// Weight of the prior component, in trials.
const PRIOR_WEIGHT: f64 = 1.0;
/// Draws from a truncated normal before its centre is taken.
const TRUNCATED_DRAWS: usize = 64;

/// The mixture; the prior is its last component.
pub(crate) struct Density<'a> {
    space: &'a EncodedSpace,
    /// Normalised component weights.
    weights: Vec<f64>,
    /// Per dimension, what its components are.
    marginals: Vec<Marginal<'a>>,
}

/// The components along one dimension.
enum Marginal<'a> {
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

impl<'a> Density<'a> {
    pub(crate) fn new(space: &'a EncodedSpace, points: &[Weighted<'_>]) -> Self {
        let total: f64 = points.iter().map(|(_, weight)| weight).sum::<f64>() + PRIOR_WEIGHT;
        let weights = points
            .iter()
            .map(|(_, weight)| weight / total)
            .chain([PRIOR_WEIGHT / total])
            .collect();
        let count = points.len();
        let scale = (count.max(1) as f64).powf(-1.0 / (space.dimensions.len() as f64 + 4.0));
        let narrowest = 1.0 / (count as f64 + 2.0).min(100.0);
        let shape_width = (SHAPE_BANDWIDTH * scale).clamp(narrowest, 1.0);
        let marginals = space
            .dimensions
            .iter()
            .enumerate()
            .map(|(index, dimension)| {
                let coordinates = points.iter().filter_map(|(point, _)| point.get(index));
                match &dimension.kind {
                    Kind::Categorical { values } => {
                        Marginal::named(values.len(), coordinates.map(|level| *level as usize))
                    }
                    Kind::Shapes { features, .. } => Marginal::shapes(
                        features,
                        shape_width,
                        coordinates.map(|level| *level as usize),
                    ),
                    _ => Marginal::normal(
                        dimension,
                        narrowest,
                        coordinates.map(|at| dimension.unit_position(*at)),
                    ),
                }
            })
            .collect();
        Self {
            space,
            weights,
            marginals,
        }
    }

    pub(crate) fn sample(&self, random: &mut Stream) -> Point {
        let component = random.weighted(&self.weights);
        self.marginals
            .iter()
            .zip(&self.space.dimensions)
            .map(|(marginal, dimension)| marginal.sample(component, dimension, random))
            .collect()
    }

    pub(crate) fn log_density(&self, point: &[f64]) -> f64 {
        let mut logs: Vec<f64> = self.weights.iter().map(|weight| weight.ln()).collect();
        for (marginal, coordinate) in self.marginals.iter().zip(point) {
            marginal.add_log(*coordinate, &mut logs);
        }
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        top + logs.iter().map(|log| (log - top).exp()).sum::<f64>().ln()
    }
}

impl<'a> Marginal<'a> {
    fn normal(
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
    fn named(levels: usize, seen: impl Iterator<Item = usize>) -> Self {
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
    fn shapes(
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

    fn sample(&self, component: usize, dimension: &Dimension, random: &mut Stream) -> f64 {
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
    fn add_log(&self, coordinate: f64, logs: &mut [f64]) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use xp_spec::{
        architecture::Architecture,
        space::{Domain, Parameter, SearchSpace, Value},
    };

    /// Every kind of discrete dimension: the density sums to one over all points.
    #[test]
    fn mass_over_all_points_is_one() {
        let shape = |d_model| Architecture {
            d_model,
            n_layers: 2,
            n_heads: 4,
            d_ff: 2 * d_model,
        };
        let text = |name: &str| Value::Text(name.to_owned());
        for domain in [
            Domain::Int {
                low: 0,
                high: 20,
                step: 2,
            },
            Domain::LogInt { low: 1, high: 40 },
            Domain::Choice {
                values: vec![Value::Int(100), Value::Int(500), Value::Int(200)],
            },
            Domain::Choice {
                values: vec![text("bce"), text("focal")],
            },
            Domain::Architecture {
                shapes: [64, 96, 256].map(shape).to_vec(),
            },
        ] {
            let space = EncodedSpace::new(&SearchSpace {
                parameters: vec![Parameter {
                    name: "x".to_owned(),
                    domain: domain.clone(),
                }],
            })
            .unwrap();
            let points = [vec![0.0], vec![1.0], vec![1.0]];
            let weighted: Vec<Weighted<'_>> = points.iter().zip([0.5, 1.0, 1.0]).collect();
            let density = Density::new(&space, &weighted);
            let levels = space.dimensions[0].levels().unwrap();
            let mass: f64 = (0..levels)
                .map(|level| density.log_density(&[level as f64]).exp())
                .sum();
            assert!((mass - 1.0).abs() < 1e-9, "{domain:?}: {mass}");
        }
    }
}
