//! The typed search space: named parameters with a domain each, and values by name. It samples nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{architecture::Architecture, scalar::short};

pub use crate::value::Value;

impl Domain {
    /// Smallest and largest value, where all are numbers.
    pub fn range(&self) -> Option<(f64, f64)> {
        match self {
            Self::Uniform { low, high } | Self::Log { low, high } => Some((*low, *high)),
            Self::Int { low, high, .. } | Self::LogInt { low, high } => {
                Some((*low as f64, *high as f64))
            }
            Self::Choice { values } => {
                let numbers: Option<Vec<f64>> = values.iter().map(Value::number).collect();
                let numbers = numbers?;
                let least = numbers.iter().copied().reduce(f64::min)?;
                Some((least, numbers.into_iter().reduce(f64::max)?))
            }
            Self::Architecture { .. } => None,
        }
    }

    /// Whether its values are searched in their logarithm.
    pub fn is_logarithmic(&self) -> bool {
        matches!(self, Self::Log { .. } | Self::LogInt { .. })
    }
}

impl std::fmt::Display for Domain {
    /// As an experiment writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Uniform { low, high } => write!(f, "uniform({}, {})", short(*low), short(*high)),
            Self::Log { low, high } => write!(f, "log({}, {})", short(*low), short(*high)),
            Self::Int { low, high, .. } => write!(f, "int({low}, {high})"),
            Self::LogInt { low, high } => write!(f, "log({low}, {high})"),
            Self::Choice { values } => {
                let values: Vec<_> = values.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", values.join(", "))
            }
            Self::Architecture { shapes } => write!(f, "{} shapes within the budget", shapes.len()),
        }
    }
}

/// Where a parameter's values come from. Bounds are inclusive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Domain {
    /// Uniform over [low, high].
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Uniform in the logarithm over [low, high], low > 0.
    Log {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Whole numbers low, low + step, … ≤ high.
    Int {
        /// Lower bound.
        low: i64,
        /// Upper bound.
        high: i64,
        /// Distance between two values.
        step: i64,
    },
    /// Whole numbers, uniform in the logarithm, low ≥ 1.
    LogInt {
        /// Lower bound.
        low: i64,
        /// Upper bound.
        high: i64,
    },
    /// One of a list; numbers keep their order, names have none.
    Choice {
        /// The values, at least one.
        values: Vec<Value>,
    },
    /// One encoder shape of a list by value; samplers see log d_model, log n_layers, log n_heads, log (d_ff / d_model).
    Architecture {
        /// The shapes, at least one.
        shapes: Vec<Architecture>,
    },
}

/// One searched parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name, which something consumes (`scalar::SCALARS`).
    pub name: String,
    /// Its values.
    pub domain: Domain,
}

/// All searched parameters, in the order they were written.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SearchSpace {
    /// The parameters; names are unique.
    pub parameters: Vec<Parameter>,
}

/// One point of a search space: parameter name → value.
pub type Assignment = BTreeMap<String, Value>;
