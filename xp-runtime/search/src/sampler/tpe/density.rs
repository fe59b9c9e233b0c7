//! A mixture density over points: one component for each trial and a wide prior one. It ranks no trial.

use crate::{
    rng::Stream,
    sampler::tpe::marginal::{Marginal, PRIOR_WEIGHT},
    space::{
        dimension::Kind,
        encoded::{EncodedSpace, Point},
    },
};

/// A point with the weight of its component.
pub(crate) type Weighted<'a> = (&'a Point, f64);

/// Bandwidth of a shape, as a share of each feature's range, times n^(−1/(d+4)) (Scott's rule).
const SHAPE_BANDWIDTH: f64 = 0.2;

/// The mixture; the prior is its last component.
pub(crate) struct Density<'a> {
    space: &'a EncodedSpace,
    /// Normalised component weights.
    weights: Vec<f64>,
    /// Their logarithms.
    log_weights: Vec<f64>,
    /// Per dimension, what its components are.
    marginals: Vec<Marginal<'a>>,
}

impl<'a> Density<'a> {
    pub(crate) fn new(space: &'a EncodedSpace, points: &[Weighted<'_>]) -> Self {
        let total: f64 = points.iter().map(|(_, weight)| weight).sum::<f64>() + PRIOR_WEIGHT;
        let weights: Vec<f64> = points
            .iter()
            .map(|(_, weight)| weight / total)
            .chain([PRIOR_WEIGHT / total])
            .collect();
        let log_weights = weights.iter().map(|weight| weight.ln()).collect();
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
                    Kind::Categorical { values } => Marginal::categorical(
                        values.len(),
                        coordinates.map(|level| *level as usize),
                    ),
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
            log_weights,
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
        let mut logs = self.log_weights.clone();
        for (marginal, coordinate) in self.marginals.iter().zip(point) {
            marginal.add_log(*coordinate, &mut logs);
        }
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        top + logs.iter().map(|log| (log - top).exp()).sum::<f64>().ln()
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
