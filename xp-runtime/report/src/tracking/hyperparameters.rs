//! Hyperparameters as trackers take them: one value a name.

use serde_json::Value;

/// Hyperparameters with the parts of an object, as a shape is, by names of their own: `architecture.d_model`.
pub(super) fn flattened(
    hyperparameters: impl IntoIterator<Item = (String, Value)>,
) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, value) in hyperparameters {
        match value {
            Value::Object(parts) => found.extend(
                parts
                    .into_iter()
                    .map(|(part, value)| (format!("{name}.{part}"), value)),
            ),
            value => found.push((name, value)),
        }
    }
    found
}
