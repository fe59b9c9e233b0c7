//! One value of a scalar hyperparameter.

use xp_spec::{scalar::Scalar, space::Value};

use super::fields::number;
use crate::{diagnostic::Diagnostic, syntax::Node};

/// A value of a scalar hyperparameter, checked against its range.
pub(crate) fn value(node: &Node, scalar: &Scalar, errors: &mut Vec<Diagnostic>) -> Option<Value> {
    let written = number(node, errors)?;
    if let Err(message) = scalar.check(written) {
        errors.push(
            Diagnostic::new(node.span(), message)
                .note(format!("`{}`: {}", scalar.name, scalar.about)),
        );
        return None;
    }
    Some(if scalar.whole {
        Value::Int(written as i64)
    } else {
        Value::Float(written)
    })
}

/// Its number; a shape has none.
pub(crate) fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Text(_) | Value::Architecture(_) => None,
    }
}
