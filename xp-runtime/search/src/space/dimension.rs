//! One dimension of an encoded search space: the map between its values and a coordinate. It samples nothing.
//!
//! A coordinate of a real dimension lies in [0, 1], linear or logarithmic as its domain says; of every other dimension it is the
//! level, a whole number from 0. Levels also have a position in (0, 1) for samplers that use their order.

use xp_spec::{architecture::Architecture, space::Value};

use crate::space::shapes::SHAPE_FEATURES;

/// A dimension with its values.
#[derive(Debug, Clone)]
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Real numbers in [low, high].
    Real { low: f64, high: f64, log: bool },
    /// low, low + step, …: `count` whole numbers.
    Integer {
        low: i64,
        step: i64,
        count: u64,
        log: bool,
    },
    /// Numbers of a list, ascending; samplers use their rank.
    Ordinal { values: Vec<Value> },
    /// Unordered names.
    Categorical { values: Vec<Value> },
    /// Encoder shapes with the features that samplers use, each feature scaled to [0, 1] over the list.
    Shapes {
        shapes: Vec<Architecture>,
        features: Vec<[f64; SHAPE_FEATURES]>,
    },
}

impl Dimension {
    /// Number of levels; `None` for a real dimension of positive width.
    pub(crate) fn levels(&self) -> Option<u64> {
        match &self.kind {
            Kind::Real { low, high, .. } => (low == high).then_some(1),
            Kind::Integer { count, .. } => Some(*count),
            Kind::Ordinal { values } | Kind::Categorical { values } => Some(values.len() as u64),
            Kind::Shapes { shapes, .. } => Some(shapes.len() as u64),
        }
    }

    /// Whether values are integers of a range.
    pub(crate) fn is_integer(&self) -> bool {
        matches!(self.kind, Kind::Integer { .. })
    }

    /// The coordinate at a quantile of the uniform distribution over the domain.
    pub(crate) fn at_quantile(&self, quantile: f64) -> f64 {
        match &self.kind {
            Kind::Real { .. } => quantile.clamp(0.0, 1.0),
            Kind::Integer { .. } => self.at_unit_position(quantile),
            Kind::Ordinal { .. } | Kind::Categorical { .. } | Kind::Shapes { .. } => {
                let levels = self.levels().unwrap_or(1) as f64;
                (quantile * levels).floor().clamp(0.0, levels - 1.0)
            }
        }
    }

    /// Position of a coordinate in [0, 1].
    pub(crate) fn unit_position(&self, coordinate: f64) -> f64 {
        match &self.kind {
            Kind::Real { .. } => coordinate,
            Kind::Integer { log: true, low, .. } => {
                let (start, width) = self.log_span();
                (((*low as f64) + coordinate).ln() - start) / width
            }
            _ => (coordinate + 0.5) / self.levels().unwrap_or(1) as f64,
        }
    }

    /// The interval of positions that a level covers.
    pub(crate) fn unit_interval(&self, level: f64) -> (f64, f64) {
        match &self.kind {
            Kind::Integer { log: true, low, .. } => {
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

    /// The coordinate at a position in [0, 1].
    pub(crate) fn at_unit_position(&self, position: f64) -> f64 {
        let position = position.clamp(0.0, 1.0);
        let last = self.levels().unwrap_or(1) as f64 - 1.0;
        match &self.kind {
            Kind::Real { .. } => position,
            Kind::Integer { log: true, low, .. } => {
                let (start, width) = self.log_span();
                ((start + position * width).exp() - *low as f64)
                    .round()
                    .clamp(0.0, last)
            }
            _ => (position * (last + 1.0)).floor().clamp(0.0, last),
        }
    }

    /// Start and width, in logarithms, of the intervals of a logarithmic integer dimension.
    fn log_span(&self) -> (f64, f64) {
        match &self.kind {
            Kind::Integer { low, count, .. } => {
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
            Kind::Integer { low, step, .. } => {
                Value::Int(low.saturating_add((coordinate as i64).saturating_mul(*step)))
            }
            Kind::Ordinal { values } | Kind::Categorical { values } => pick(values),
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
                Kind::Integer {
                    low, step, count, ..
                },
                _,
            ) => {
                let value = number(value)?;
                let level = (value - *low as f64) / *step as f64;
                (level.fract() == 0.0 && level >= 0.0 && level < *count as f64).then_some(level)
            }
            (Kind::Ordinal { values }, _) => {
                let wanted = number(value)?;
                values
                    .iter()
                    .position(|value| number(value) == Some(wanted))
                    .map(|level| level as f64)
            }
            (Kind::Categorical { values }, _) => values
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

/// The value of a real dimension at a coordinate.
pub(crate) fn real_value(low: f64, high: f64, log: bool, coordinate: f64) -> f64 {
    let position = coordinate.clamp(0.0, 1.0);
    let value = if log {
        (low.ln() + position * (high.ln() - low.ln())).exp()
    } else {
        low + position * (high - low)
    };
    value.clamp(low, high)
}

/// The number that a value is, if it is one.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Text(_) | Value::Architecture(_) => None,
    }
}
