//! Values of Slurm's JSON, whose form depends on its version: what cannot be understood is absent, never an error.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A number: `5`, `"5"`, or `{"set": true, "infinite": false, "number": 5}`.
pub(super) fn number<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u64>, D::Error> {
    Ok(number_of(&Value::deserialize(value)?))
}

fn number_of(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        Value::Object(fields) => {
            let is = |name: &str| fields.get(name).and_then(Value::as_bool);
            let known = is("set") != Some(false) && is("infinite") != Some(true);
            known
                .then(|| fields.get("number").and_then(Value::as_u64))
                .flatten()
        }
        _ => None,
    }
}

/// A text, or the first of a list of texts.
pub(super) fn text<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let text = match Value::deserialize(value)? {
        Value::String(text) => Some(text),
        Value::Array(list) => list
            .into_iter()
            .find_map(|value| value.as_str().map(ToOwned::to_owned)),
        _ => None,
    };
    Ok(text.filter(|text| !text.is_empty()))
}

/// Texts that are not empty: a list, or one of them.
pub(super) fn texts<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    let list = match Value::deserialize(value)? {
        Value::Array(list) => list,
        value => vec![value],
    };
    let texts = list.into_iter().filter_map(|value| match value {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    });
    Ok(texts.collect())
}
