//! A value of a parameter, by its kind.

use serde::{Deserialize, Serialize};

use crate::architecture::Architecture;

/// A value that a search assigns to a parameter, or a fixed one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
    /// A name, such as a loss or a schedule.
    Text(String),
    /// An encoder shape, by value.
    Architecture(Architecture),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
            Self::Architecture(shape) => write!(f, "{shape}"),
        }
    }
}

impl Value {
    /// The number that it is, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Text(_) | Self::Architecture(_) => None,
        }
    }
}
