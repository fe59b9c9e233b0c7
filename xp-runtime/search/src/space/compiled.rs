//! A search space compiled for samplers: points as coordinates, and back to values by name. It samples nothing.

use xp_spec::space::{Assignment, SearchSpace, Value};

use crate::{
    error::SuggestError,
    rng::Stream,
    space::{
        axes,
        axis::{Axis, Kind, real_value},
    },
};

/// A point of a search space: one coordinate per axis (see [`crate::space::axis`]).
pub(crate) type Point = Vec<f64>;

/// All axes of a search space, in its order.
pub(crate) struct Compiled {
    pub(crate) axes: Vec<Axis>,
    /// Positions of the axes in order of their names.
    by_name: Vec<usize>,
}

impl Compiled {
    pub(crate) fn new(space: &SearchSpace) -> Result<Self, SuggestError> {
        let mut axes: Vec<Axis> = Vec::with_capacity(space.parameters.len());
        for parameter in &space.parameters {
            if axes.iter().any(|axis| axis.name == parameter.name) {
                return Err(SuggestError::InvalidDomain {
                    parameter: parameter.name.clone(),
                    reason: "the space names it twice".to_owned(),
                });
            }
            axes.push(axes::axis(parameter)?);
        }
        let mut by_name: Vec<usize> = (0..axes.len()).collect();
        by_name.sort_by(|a, b| axes[*a].name.cmp(&axes[*b].name));
        Ok(Self { axes, by_name })
    }

    /// Number of distinct points; `None` where a real axis makes them endless (or more than 2⁶⁴).
    pub(crate) fn size(&self) -> Option<u64> {
        self.axes.iter().try_fold(1_u64, |size, axis| {
            axis.levels().and_then(|levels| size.checked_mul(levels))
        })
    }

    pub(crate) fn assignment(&self, point: &[f64]) -> Assignment {
        self.axes
            .iter()
            .zip(point)
            .map(|(axis, coordinate)| (axis.name.clone(), axis.value(*coordinate)))
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
        let mut point = vec![0.0; self.axes.len()];
        let mut values = assignment.iter();
        // Both in order of names, so that one walk joins them.
        for &index in &self.by_name {
            let (Some(axis), Some(slot)) = (self.axes.get(index), point.get_mut(index)) else {
                continue;
            };
            let value = match values.next() {
                Some((name, value)) if *name == axis.name => value,
                Some((name, _)) if *name < axis.name => {
                    return Err(foreign(format!("`{name}` is not searched")));
                }
                _ => return Err(foreign(format!("`{}` is missing", axis.name))),
            };
            *slot = axis.coordinate(value).ok_or_else(|| {
                foreign(format!(
                    "{value} lies outside the domain of `{}`",
                    axis.name
                ))
            })?;
        }
        match values.next() {
            Some((name, _)) => Err(foreign(format!("`{name}` is not searched"))),
            None => Ok(point),
        }
    }

    /// A point drawn uniformly.
    pub(crate) fn uniform(&self, random: &mut Stream) -> Point {
        self.axes
            .iter()
            .map(|axis| axis.at_quantile(random.uniform()))
            .collect()
    }

    /// Point `cell` of a finite space in mixed radix.
    pub(crate) fn nth(&self, mut cell: u64) -> Point {
        self.axes
            .iter()
            .map(|axis| {
                let levels = axis.levels().unwrap_or(1);
                let level = cell % levels;
                cell /= levels;
                level as f64
            })
            .collect()
    }

    /// What makes two points the same: levels, and the bits of real values.
    pub(crate) fn key(&self, point: &[f64]) -> Vec<u64> {
        self.axes
            .iter()
            .zip(point)
            .map(|(axis, coordinate)| match &axis.kind {
                Kind::Real { low, high, log } => bits(real_value(*low, *high, *log, *coordinate)),
                _ => *coordinate as u64,
            })
            .collect()
    }

    /// The key of a point whose values are known: its real coordinates may have lost a bit on the way.
    pub(crate) fn key_of(&self, point: &[f64], assignment: &Assignment) -> Vec<u64> {
        self.axes
            .iter()
            .zip(point)
            .map(
                |(axis, coordinate)| match (&axis.kind, assignment.get(&axis.name)) {
                    (Kind::Real { .. }, Some(Value::Float(value))) => bits(*value),
                    (Kind::Real { .. }, Some(Value::Int(value))) => bits(*value as f64),
                    _ => *coordinate as u64,
                },
            )
            .collect()
    }
}

/// The bits of a number, with one zero only.
fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}
