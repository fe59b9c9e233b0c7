//! The bounds of a hyperparameter that is searched or fixed.

use crate::space::{Assignment, Domain, SearchSpace, Value};

/// Smallest and largest value of a hyperparameter that is a number, searched or fixed.
pub fn bounds(name: &str, space: &SearchSpace, fixed: &Assignment) -> Option<(f64, f64)> {
    let searched = space.parameters.iter().find(|it| it.name == name);
    match searched.map(|parameter| &parameter.domain) {
        Some(domain) => domain.range(),
        None => {
            let value = fixed.get(name)?.number()?;
            Some((value, value))
        }
    }
}

/// Smallest and largest value of a whole hyperparameter, searched or fixed.
pub fn whole_bounds(name: &str, space: &SearchSpace, fixed: &Assignment) -> Option<(i64, i64)> {
    let whole = |value: &Value| match value {
        Value::Int(value) => Some(*value),
        _ => None,
    };
    let searched = space.parameters.iter().find(|it| it.name == name);
    match searched.map(|parameter| &parameter.domain) {
        Some(Domain::Int { low, high, .. } | Domain::LogInt { low, high }) => Some((*low, *high)),
        Some(Domain::Choice { values }) => {
            let values = || values.iter().filter_map(whole);
            Some((values().min()?, values().max()?))
        }
        Some(_) => None,
        None => fixed.get(name).and_then(whole).map(|value| (value, value)),
    }
}
