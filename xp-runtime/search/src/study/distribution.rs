//! Values and domains as Optuna stores them: a float and a distribution in JSON. It is independent of trials.

use serde_json::{Value as Json, json};
use xp_spec::space::{Domain, Value};

/// The distribution of a domain, in Optuna 5's format.
pub(crate) fn distribution(domain: &Domain) -> Json {
    match domain {
        Domain::Uniform { low, high } => float(*low, *high, false),
        Domain::Log { low, high } => float(*low, *high, true),
        Domain::Int { low, high, step } => {
            // Optuna wants the last value that is reached as the upper bound.
            let step = (*step).max(1);
            let reached = high - (high - low).rem_euclid(step);
            int(*low, reached, step, false)
        }
        Domain::LogInt { low, high } => int(*low, *high, 1, true),
        Domain::Choice { values } => categorical(values.iter().map(choice).collect()),
        Domain::Architecture { shapes } => categorical(
            shapes
                .iter()
                .map(|shape| json!(shape.to_string()))
                .collect(),
        ),
    }
}

fn float(low: f64, high: f64, log: bool) -> Json {
    json!({"name": "FloatDistribution", "attributes": {"step": null, "low": low, "high": high, "log": log}})
}

fn int(low: i64, high: i64, step: i64, log: bool) -> Json {
    json!({"name": "IntDistribution", "attributes": {"log": log, "step": step, "low": low, "high": high}})
}

fn categorical(choices: Vec<Json>) -> Json {
    json!({"name": "CategoricalDistribution", "attributes": {"choices": choices}})
}

/// A value as a categorical choice: shapes by value, in their short form.
fn choice(value: &Value) -> Json {
    match value {
        Value::Int(value) => json!(value),
        Value::Float(value) => json!(value),
        Value::Text(text) => json!(text),
        Value::Architecture(shape) => json!(shape.to_string()),
    }
}

/// The number that stands for a value; `None` where the domain does not hold it.
pub(crate) fn number(domain: &Domain, value: &Value) -> Option<f64> {
    let index = |values: &[Value]| {
        let wanted = choice(value);
        values
            .iter()
            .position(|value| choice(value) == wanted)
            .map(|index| index as f64)
    };
    match (domain, value) {
        (Domain::Uniform { low, high } | Domain::Log { low, high }, Value::Float(value)) => {
            (*low..=*high).contains(value).then_some(*value)
        }
        (Domain::Int { low, high, step }, Value::Int(value)) => {
            let on_step = (value - low).rem_euclid((*step).max(1)) == 0;
            ((*low..=*high).contains(value) && on_step).then_some(*value as f64)
        }
        (Domain::LogInt { low, high }, Value::Int(value)) => {
            (*low..=*high).contains(value).then_some(*value as f64)
        }
        (Domain::Choice { values }, _) => index(values),
        (Domain::Architecture { shapes }, Value::Architecture(wanted)) => shapes
            .iter()
            .position(|shape| shape == wanted)
            .map(|index| index as f64),
        _ => None,
    }
}

/// A distribution from its stored text.
pub(crate) fn parse(distribution: &str) -> Result<Json, String> {
    serde_json::from_str(distribution)
        .map_err(|error| format!("its distribution is no JSON: {error}"))
}

/// The value that a number stands for, by the distribution that is stored with it; `domain`, where the space still has
/// the parameter, distinguishes shapes from names.
pub(crate) fn value(json: &Json, number: f64, domain: Option<&Domain>) -> Result<Value, String> {
    match json.get("name").and_then(Json::as_str) {
        Some("FloatDistribution") => Ok(Value::Float(number)),
        Some("IntDistribution") => Ok(Value::Int(number as i64)),
        Some("CategoricalDistribution") => {
            let choice = json
                .pointer("/attributes/choices")
                .and_then(|choices| choices.get(number as usize))
                .ok_or_else(|| format!("choice {number} does not exist"))?;
            from_choice(choice, domain)
        }
        other => Err(format!("unknown distribution {other:?}")),
    }
}

fn from_choice(stored: &Json, domain: Option<&Domain>) -> Result<Value, String> {
    if let Some(text) = stored.as_str() {
        let known = match domain {
            Some(Domain::Architecture { shapes }) => shapes
                .iter()
                .find(|shape| shape.to_string() == text)
                .map(|shape| Value::Architecture(*shape)),
            Some(Domain::Choice { values }) => values
                .iter()
                .find(|value| choice(value) == *stored)
                .cloned(),
            _ => None,
        };
        return Ok(known.unwrap_or_else(|| Value::Text(text.to_owned())));
    }
    if let Some(whole) = stored.as_i64() {
        return Ok(Value::Int(whole));
    }
    stored
        .as_f64()
        .map(Value::Float)
        .ok_or_else(|| format!("{stored} is no value of a search space"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use xp_spec::architecture::Architecture;

    #[test]
    fn values_survive_the_round_trip() {
        let shape = |d_model| Architecture {
            d_model,
            n_layers: 4,
            n_heads: 8,
            d_ff: 768,
        };
        let mixed = Domain::Choice {
            values: vec![Value::Text("8".into()), Value::Int(8), Value::Float(0.5)],
        };
        let shapes = Domain::Architecture {
            shapes: vec![shape(192), shape(256)],
        };
        let uniform = Domain::Uniform {
            low: 0.0,
            high: 1.0,
        };
        let int = Domain::Int {
            low: 0,
            high: 11,
            step: 5,
        };
        for (domain, value_) in [
            (&uniform, Value::Float(0.1 + 0.2)),
            (&int, Value::Int(10)),
            (&mixed, Value::Text("8".into())),
            (&mixed, Value::Int(8)),
            (&mixed, Value::Float(0.5)),
            (&shapes, Value::Architecture(shape(256))),
        ] {
            let stored = number(domain, &value_).unwrap();
            let text = distribution(domain).to_string();
            assert_eq!(
                value(&parse(&text).unwrap(), stored, Some(domain)),
                Ok(value_)
            );
        }
        assert_eq!(number(&int, &Value::Int(7)), None);
        assert_eq!(number(&uniform, &Value::Float(1.5)), None);
        assert_eq!(
            distribution(&int).to_string(),
            r#"{"name":"IntDistribution","attributes":{"log":false,"step":5,"low":0,"high":10}}"#
        );
        assert!(value(&distribution(&mixed), 3.0, None).is_err());
        assert!(parse("{").is_err());
    }
}
