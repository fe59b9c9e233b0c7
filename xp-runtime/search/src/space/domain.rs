//! Dimensions from domains; a domain without a value is refused. It maps no value.

use xp_spec::{
    architecture::Architecture,
    space::{Domain, Parameter, Value},
};

use crate::{
    error::SuggestError,
    space::{
        dimension::{Dimension, Kind, number},
        shapes::scaled,
    },
};

/// The dimension of a parameter.
///
/// # Errors
/// A domain without a value.
pub(super) fn dimension(parameter: &Parameter) -> Result<Dimension, SuggestError> {
    let invalid = |reason: String| SuggestError::InvalidDomain {
        parameter: parameter.name.clone(),
        reason,
    };
    let kind = match &parameter.domain {
        Domain::Uniform { low, high } => real(*low, *high, false).map_err(invalid)?,
        Domain::Log { low, high } => real(*low, *high, true).map_err(invalid)?,
        Domain::Int { low, high, step } => integer(*low, *high, *step, false).map_err(invalid)?,
        Domain::LogInt { low, high } => integer(*low, *high, 1, true).map_err(invalid)?,
        Domain::Choice { values } => choice(values).map_err(invalid)?,
        Domain::Architecture { shapes } => architectures(shapes.clone()).map_err(invalid)?,
    };
    Ok(Dimension {
        name: parameter.name.clone(),
        kind,
    })
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

fn integer(low: i64, high: i64, step: i64, log: bool) -> Result<Kind, String> {
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
    Ok(Kind::Integer {
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
        return architectures(shapes);
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
        return Ok(Kind::Ordinal { values: distinct });
    }
    Ok(Kind::Categorical { values: distinct })
}

fn architectures(mut shapes: Vec<Architecture>) -> Result<Kind, String> {
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
    let features = scaled(&shapes);
    Ok(Kind::Shapes { shapes, features })
}
