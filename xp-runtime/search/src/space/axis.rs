//! One dimension of a compiled search space: how its values map to a coordinate. It samples nothing.
//!
//! A coordinate of a real axis lies in [0, 1], linear or logarithmic as its domain says; of every other axis it is the
//! level, a whole number from 0. Levels have a place in (0, 1) for samplers that see order.

use xp_spec::{architecture::Architecture, space::Value};

use crate::space::shapes::SHAPE_FEATURES;

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

/// The number that a value is, if it is one.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Text(_) | Value::Architecture(_) => None,
    }
}
