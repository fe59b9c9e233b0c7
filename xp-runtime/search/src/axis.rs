//! One dimension of a compiled search space: how its values map to a coordinate. It samples nothing.
//!
//! A coordinate of a real axis lies in [0, 1], linear or logarithmic as its domain says; of every other axis it is the
//! level, a whole number from 0. Levels have a place in (0, 1) for samplers that see order.

use xp_spec::{
    architecture::Architecture,
    space::{Domain, Parameter, Value},
};

use crate::suggest::SuggestError;

/// Number of features that samplers see of a shape.
pub(crate) const SHAPE_FEATURES: usize = 4;

/// A dimension with its values.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Real numbers in [low, high].
    Real { low: f64, high: f64, log: bool },
    /// low, low + step, …: `count` whole numbers.
    Whole {
        low: i64,
        step: i64,
        count: u64,
        log: bool,
    },
    /// Numbers of a list, ascending; samplers see their rank.
    Listed { values: Vec<Value> },
    /// Names without order.
    Named { values: Vec<Value> },
    /// Encoder shapes with what samplers see of them, each feature scaled to [0, 1] over the list.
    Shapes {
        shapes: Vec<Architecture>,
        features: Vec<[f64; SHAPE_FEATURES]>,
    },
}

impl Axis {
    pub(crate) fn new(parameter: &Parameter) -> Result<Self, SuggestError> {
        let invalid = |reason: String| SuggestError::InvalidDomain {
            parameter: parameter.name.clone(),
            reason,
        };
        let kind = match &parameter.domain {
            Domain::Uniform { low, high } => real(*low, *high, false).map_err(invalid)?,
            Domain::Log { low, high } => real(*low, *high, true).map_err(invalid)?,
            Domain::Int { low, high, step } => whole(*low, *high, *step, false).map_err(invalid)?,
            Domain::LogInt { low, high } => whole(*low, *high, 1, true).map_err(invalid)?,
            Domain::Choice { values } => choice(values).map_err(invalid)?,
            Domain::Architecture { shapes } => shape_axis(shapes.clone()).map_err(invalid)?,
        };
        Ok(Self {
            name: parameter.name.clone(),
            kind,
        })
    }

    /// Number of levels; `None` for a real axis of positive width.
    pub(crate) fn levels(&self) -> Option<u64> {
        match &self.kind {
            Kind::Real { low, high, .. } => (low == high).then_some(1),
            Kind::Whole { count, .. } => Some(*count),
            Kind::Listed { values } | Kind::Named { values } => Some(values.len() as u64),
            Kind::Shapes { shapes, .. } => Some(shapes.len() as u64),
        }
    }

    /// Whether values are whole numbers of a range.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.kind, Kind::Whole { .. })
    }

    /// The coordinate at a quantile of the uniform distribution over the domain.
    pub(crate) fn at_quantile(&self, quantile: f64) -> f64 {
        match &self.kind {
            Kind::Real { .. } => quantile.clamp(0.0, 1.0),
            Kind::Whole { .. } => self.level_at(quantile),
            Kind::Listed { .. } | Kind::Named { .. } | Kind::Shapes { .. } => {
                let levels = self.levels().unwrap_or(1) as f64;
                (quantile * levels).floor().clamp(0.0, levels - 1.0)
            }
        }
    }

    /// Place of a coordinate in [0, 1].
    pub(crate) fn place(&self, coordinate: f64) -> f64 {
        match &self.kind {
            Kind::Real { .. } => coordinate,
            Kind::Whole { log: true, low, .. } => {
                let (start, width) = self.log_span();
                (((*low as f64) + coordinate).ln() - start) / width
            }
            _ => (coordinate + 0.5) / self.levels().unwrap_or(1) as f64,
        }
    }

    /// The interval of places that belongs to a level.
    pub(crate) fn cell(&self, level: f64) -> (f64, f64) {
        match &self.kind {
            Kind::Whole { log: true, low, .. } => {
                let (start, width) = self.log_span();
                let edge = |half: f64| ((*low as f64 + level + half).ln() - start) / width;
                (edge(-0.5), edge(0.5))
            }
            _ => {
                let levels = self.levels().unwrap_or(1) as f64;
                (level / levels, (level + 1.0) / levels)
            }
        }
    }

    /// The coordinate at a place in [0, 1].
    pub(crate) fn level_at(&self, place: f64) -> f64 {
        let place = place.clamp(0.0, 1.0);
        let last = self.levels().unwrap_or(1) as f64 - 1.0;
        match &self.kind {
            Kind::Real { .. } => place,
            Kind::Whole { log: true, low, .. } => {
                let (start, width) = self.log_span();
                ((start + place * width).exp() - *low as f64)
                    .round()
                    .clamp(0.0, last)
            }
            _ => (place * (last + 1.0)).floor().clamp(0.0, last),
        }
    }

    /// Start and width, in logarithms, of the cells of a logarithmic whole axis.
    fn log_span(&self) -> (f64, f64) {
        match &self.kind {
            Kind::Whole { low, count, .. } => {
                let start = (*low as f64 - 0.5).ln();
                let end = (*low as f64 + *count as f64 - 0.5).ln();
                (start, end - start)
            }
            _ => (0.0, 1.0),
        }
    }

    /// The value at a coordinate.
    pub(crate) fn value(&self, coordinate: f64) -> Value {
        let pick = |values: &[Value]| {
            let level = (coordinate as usize).min(values.len().saturating_sub(1));
            values.get(level).cloned().unwrap_or(Value::Int(0))
        };
        match &self.kind {
            Kind::Real { low, high, log } => {
                Value::Float(real_value(*low, *high, *log, coordinate))
            }
            Kind::Whole { low, step, .. } => {
                Value::Int(low.saturating_add((coordinate as i64).saturating_mul(*step)))
            }
            Kind::Listed { values } | Kind::Named { values } => pick(values),
            Kind::Shapes { shapes, .. } => {
                let level = (coordinate as usize).min(shapes.len().saturating_sub(1));
                shapes
                    .get(level)
                    .copied()
                    .map_or(Value::Int(0), Value::Architecture)
            }
        }
    }

    /// The coordinate of a value; `None` where the domain does not hold it.
    pub(crate) fn coordinate(&self, value: &Value) -> Option<f64> {
        match (&self.kind, value) {
            (Kind::Real { low, high, log }, _) => {
                let value = number(value)?;
                if !(*low..=*high).contains(&value) {
                    return None;
                }
                if low == high {
                    return Some(0.0);
                }
                Some(if *log {
                    (value.ln() - low.ln()) / (high.ln() - low.ln())
                } else {
                    (value - low) / (high - low)
                })
            }
            (
                Kind::Whole {
                    low, step, count, ..
                },
                _,
            ) => {
                let value = number(value)?;
                let level = (value - *low as f64) / *step as f64;
                (level.fract() == 0.0 && level >= 0.0 && level < *count as f64).then_some(level)
            }
            (Kind::Listed { values }, _) => {
                let wanted = number(value)?;
                values
                    .iter()
                    .position(|value| number(value) == Some(wanted))
                    .map(|level| level as f64)
            }
            (Kind::Named { values }, _) => values
                .iter()
                .position(|known| known == value)
                .map(|level| level as f64),
            (Kind::Shapes { shapes, .. }, Value::Architecture(shape)) => shapes
                .iter()
                .position(|known| known == shape)
                .map(|level| level as f64),
            (Kind::Shapes { .. }, _) => None,
        }
    }
}

/// The value of a real axis at a coordinate.
pub(crate) fn real_value(low: f64, high: f64, log: bool, coordinate: f64) -> f64 {
    let place = coordinate.clamp(0.0, 1.0);
    let value = if log {
        (low.ln() + place * (high.ln() - low.ln())).exp()
    } else {
        low + place * (high - low)
    };
    value.clamp(low, high)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Text(_) | Value::Architecture(_) => None,
    }
}

fn real(low: f64, high: f64, log: bool) -> Result<Kind, String> {
    if !low.is_finite() || !high.is_finite() || low > high {
        return Err(format!(
            "bounds must be finite and ascending, found {low} and {high}"
        ));
    }
    if log && low <= 0.0 {
        return Err(format!(
            "a logarithmic domain needs bounds above 0, found {low}"
        ));
    }
    Ok(Kind::Real { low, high, log })
}

fn whole(low: i64, high: i64, step: i64, log: bool) -> Result<Kind, String> {
    if low > high || step < 1 {
        return Err(format!(
            "bounds must be ascending and the step at least 1, found {low}, {high}, step {step}"
        ));
    }
    if log && low < 1 {
        return Err(format!(
            "a logarithmic domain needs bounds of at least 1, found {low}"
        ));
    }
    let count = high.abs_diff(low) / step.unsigned_abs() + 1;
    Ok(Kind::Whole {
        low,
        step,
        count,
        log,
    })
}

fn choice(values: &[Value]) -> Result<Kind, String> {
    if values.is_empty() {
        return Err("a choice needs at least one value".to_owned());
    }
    let shapes: Option<Vec<Architecture>> = values
        .iter()
        .map(|value| match value {
            Value::Architecture(shape) => Some(*shape),
            _ => None,
        })
        .collect();
    if let Some(shapes) = shapes {
        return shape_axis(shapes);
    }
    let mut distinct: Vec<Value> = Vec::with_capacity(values.len());
    for value in values {
        if number(value).is_some_and(|number| !number.is_finite()) {
            return Err(format!("a choice must be finite, found {value:?}"));
        }
        let known = distinct.iter().any(|known| {
            known == value || (number(known).is_some() && number(known) == number(value))
        });
        if !known {
            distinct.push(value.clone());
        }
    }
    if distinct.iter().all(|value| number(value).is_some()) {
        distinct.sort_by(|a, b| {
            let key = |value: &Value| number(value).unwrap_or(f64::NAN);
            key(a).total_cmp(&key(b))
        });
        return Ok(Kind::Listed { values: distinct });
    }
    Ok(Kind::Named { values: distinct })
}

fn shape_axis(mut shapes: Vec<Architecture>) -> Result<Kind, String> {
    if shapes.is_empty() {
        return Err("an architecture list needs at least one shape".to_owned());
    }
    if let Some(shape) = shapes
        .iter()
        .find(|s| [s.d_model, s.n_layers, s.n_heads, s.d_ff].contains(&0))
    {
        return Err(format!("the shape {shape} holds a zero"));
    }
    shapes.sort_unstable();
    shapes.dedup();
    let raw: Vec<[f64; SHAPE_FEATURES]> = shapes
        .iter()
        .map(|shape| {
            [
                f64::from(shape.d_model).ln(),
                f64::from(shape.n_layers).ln(),
                f64::from(shape.n_heads).ln(),
                (f64::from(shape.d_ff) / f64::from(shape.d_model)).ln(),
            ]
        })
        .collect();
    let bound = |feature: usize, pick: fn(f64, f64) -> f64, start: f64| {
        raw.iter().map(|row| row[feature]).fold(start, pick)
    };
    let low: [f64; SHAPE_FEATURES] = std::array::from_fn(|f| bound(f, f64::min, f64::INFINITY));
    let high: [f64; SHAPE_FEATURES] =
        std::array::from_fn(|f| bound(f, f64::max, f64::NEG_INFINITY));
    let features = raw
        .iter()
        .map(|row| {
            std::array::from_fn(|f| {
                if high[f] > low[f] {
                    (row[f] - low[f]) / (high[f] - low[f])
                } else {
                    0.5
                }
            })
        })
        .collect();
    Ok(Kind::Shapes { shapes, features })
}

/// Levels of the shapes at the border of the list: widest, narrowest, deepest, shallowest, most and fewest heads, in this
/// order and each once.
pub(crate) fn boundary_levels(shapes: &[Architecture]) -> Vec<usize> {
    type Key = fn(&Architecture) -> u32;
    let keys: [Key; 3] = [
        |shape| shape.d_model,
        |shape| shape.n_layers,
        |shape| shape.n_heads,
    ];
    let mut levels = Vec::new();
    for key in keys {
        let value = |level: &usize| shapes.get(*level).map_or(0, key);
        let extremes = [
            (0..shapes.len()).max_by_key(value),
            (0..shapes.len()).min_by_key(value),
        ];
        for level in extremes.into_iter().flatten() {
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
    }
    levels
}
