//! A search space encoded for samplers: points as coordinates, and back to values by name. It suggests nothing.

use xp_spec::space::{Assignment, SearchSpace, Value};

use crate::{
    error::SuggestError,
    rng::Stream,
    space::{
        dimension::{Dimension, Kind, real_value},
        domain,
    },
};

/// A point of a search space: one coordinate per dimension (see [`crate::space::dimension`]).
pub(crate) type Point = Vec<f64>;

/// All dimensions of a search space, in its order.
pub(crate) struct EncodedSpace {
    pub(crate) dimensions: Vec<Dimension>,
    /// Positions of the dimensions in order of their names.
    by_name: Vec<usize>,
}

impl EncodedSpace {
    pub(crate) fn new(space: &SearchSpace) -> Result<Self, SuggestError> {
        let mut dimensions: Vec<Dimension> = Vec::with_capacity(space.parameters.len());
        for parameter in &space.parameters {
            if dimensions
                .iter()
                .any(|dimension| dimension.name == parameter.name)
            {
                return Err(SuggestError::InvalidDomain {
                    parameter: parameter.name.clone(),
                    reason: "the space names it twice".to_owned(),
                });
            }
            dimensions.push(domain::dimension(parameter)?);
        }
        let mut by_name: Vec<usize> = (0..dimensions.len()).collect();
        by_name.sort_by(|a, b| dimensions[*a].name.cmp(&dimensions[*b].name));
        Ok(Self {
            dimensions,
            by_name,
        })
    }

    /// Number of distinct points; `None` where a real dimension makes them endless (or more than 2⁶⁴).
    pub(crate) fn size(&self) -> Option<u64> {
        self.dimensions.iter().try_fold(1_u64, |size, dimension| {
            dimension
                .levels()
                .and_then(|levels| size.checked_mul(levels))
        })
    }

    pub(crate) fn assignment(&self, point: &[f64]) -> Assignment {
        self.dimensions
            .iter()
            .zip(point)
            .map(|(dimension, coordinate)| (dimension.name.clone(), dimension.value(*coordinate)))
            .collect()
    }

    /// The point of an assignment that was made in this space; `whose` names it in the error.
    pub(crate) fn point(
        &self,
        assignment: &Assignment,
        whose: impl Fn() -> String,
    ) -> Result<Point, SuggestError> {
        let foreign = |reason: String| SuggestError::ForeignTrial {
            trial: whose(),
            reason,
        };
        let mut point = vec![0.0; self.dimensions.len()];
        let mut values = assignment.iter();
        // Both in order of names, so that one walk joins them.
        for &index in &self.by_name {
            let (Some(dimension), Some(slot)) = (self.dimensions.get(index), point.get_mut(index))
            else {
                continue;
            };
            let value = match values.next() {
                Some((name, value)) if *name == dimension.name => value,
                Some((name, _)) if *name < dimension.name => {
                    return Err(foreign(format!("`{name}` is not searched")));
                }
                _ => return Err(foreign(format!("`{}` is missing", dimension.name))),
            };
            *slot = dimension.coordinate(value).ok_or_else(|| {
                foreign(format!(
                    "{value} lies outside the domain of `{}`",
                    dimension.name
                ))
            })?;
        }
        match values.next() {
            Some((name, _)) => Err(foreign(format!("`{name}` is not searched"))),
            None => Ok(point),
        }
    }

    /// Whether an assignment lacks values and has no other than of this space.
    pub(crate) fn is_partial(&self, assignment: &Assignment) -> bool {
        let is_searched = |name: &String| {
            let mut names = self.dimensions.iter().map(|dimension| &dimension.name);
            names.any(|known| known == name)
        };
        assignment.len() < self.dimensions.len() && assignment.keys().all(is_searched)
    }

    /// A point drawn uniformly.
    pub(crate) fn uniform(&self, random: &mut Stream) -> Point {
        self.dimensions
            .iter()
            .map(|dimension| dimension.at_quantile(random.uniform()))
            .collect()
    }

    /// Point `cell` of a finite space in mixed radix.
    pub(crate) fn nth(&self, mut cell: u64) -> Point {
        self.dimensions
            .iter()
            .map(|dimension| {
                let levels = dimension.levels().unwrap_or(1);
                let level = cell % levels;
                cell /= levels;
                level as f64
            })
            .collect()
    }

    /// What makes two points the same: levels, and the bits of real values.
    pub(crate) fn key(&self, point: &[f64]) -> Vec<u64> {
        self.dimensions
            .iter()
            .zip(point)
            .map(|(dimension, coordinate)| match &dimension.kind {
                Kind::Real { low, high, log } => bits(real_value(*low, *high, *log, *coordinate)),
                _ => *coordinate as u64,
            })
            .collect()
    }

    /// The key of a point whose values are known: encoding may have changed the last bit of its real coordinates.
    pub(crate) fn key_of(&self, point: &[f64], assignment: &Assignment) -> Vec<u64> {
        self.dimensions
            .iter()
            .zip(point)
            .map(|(dimension, coordinate)| {
                match (&dimension.kind, assignment.get(&dimension.name)) {
                    (Kind::Real { .. }, Some(Value::Float(value))) => bits(*value),
                    (Kind::Real { .. }, Some(Value::Int(value))) => bits(*value as f64),
                    _ => *coordinate as u64,
                }
            })
            .collect()
    }
}

/// The bits of a number, with one zero only.
fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}
