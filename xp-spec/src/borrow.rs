//! `between(A, B)`: hyperparameters between the best trials of two searches (design, "Borrowing").

use crate::{
    architecture::Architecture,
    grid::distance,
    hyper::{Hyperparameters, SCALARS},
    space::{Assignment, Value},
};

/// Hyperparameters halfway between two: geometric mean for log-scaled ones, arithmetic mean for linear ones, rounded for whole
/// numbers; the architecture is the feasible shape nearest in log d_model, log n_layers and log d_ff to the geometric mean.
///
/// `None` where no shape is feasible.
pub fn between(
    a: &Hyperparameters,
    b: &Hyperparameters,
    feasible: &[Architecture],
) -> Option<Assignment> {
    let (left, right) = (a.to_assignment(), b.to_assignment());
    let mut result = Assignment::new();
    for scalar in SCALARS {
        let (x, y) = (
            number(left.get(scalar.name)?)?,
            number(right.get(scalar.name)?)?,
        );
        let mean = if scalar.log_scaled() && x > 0.0 && y > 0.0 {
            (x * y).sqrt()
        } else {
            f64::midpoint(x, y)
        };
        let value = if scalar.whole {
            Value::Int(mean.round() as i64)
        } else {
            Value::Float(mean)
        };
        result.insert(scalar.name.to_owned(), value);
    }
    let shape = if a.architecture == b.architecture {
        a.architecture
    } else {
        *feasible.iter().min_by(|x, y| {
            let far = |shape: &Architecture| {
                distance(shape, &a.architecture) + distance(shape, &b.architecture)
            };
            far(x).total_cmp(&far(y))
        })?
    };
    result.insert("architecture".to_owned(), Value::Architecture(shape));
    Some(result)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Text(_) | Value::Architecture(_) => None,
    }
}
