//! What the specs of compared runs differ in beyond what the comparison is about: a law over budgets whose data or labels differ too is
//! no law over budgets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Fields that identify an experiment or configure its execution, not the question it asks. Hyperparameters and search spaces are in `run`.
const NOT_COMPARED: [&str; 9] = [
    "binary",
    "phase",
    "description",
    "tolerance",
    "baselines",
    "thermal",
    "device",
    "run",
    "training.accumulation",
];

/// What varies along a law over budgets.
pub(super) const OVER_BUDGETS: [&str; 1] = ["budget"];
/// What varies along a law over feature tiers.
pub(super) const OVER_FEATURES: [&str; 1] = ["features"];
/// What varies along a law over parts of train.
pub(super) const OVER_DATA: [&str; 1] = ["split.train"];
/// What varies along a law over budgets and parts of train.
pub(super) const OVER_BUDGETS_AND_DATA: [&str; 2] = ["budget", "split.train"];
/// What varies within a summary table.
pub(super) const IN_TABLE: [&str; 2] = ["budget", "task"];

/// The question of a spec, without the fields that vary: JSON texts by their path.
pub(super) fn question(spec: &Value, varies: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let skipped = |path: &str| NOT_COMPARED.contains(&path) || varies.contains(&path);
    flatten(spec, "", &skipped, &mut found);
    found
}

fn flatten(
    value: &Value,
    path: &str,
    skipped: &dyn Fn(&str) -> bool,
    found: &mut BTreeMap<String, String>,
) {
    if skipped(path) {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = match path {
                    "" => name.clone(),
                    _ => format!("{path}.{name}"),
                };
                flatten(value, &path, skipped, found);
            }
        }
        // Lists are compared as a whole.
        leaf => {
            found.insert(path.to_owned(), leaf.to_string());
        }
    }
}

/// Paths in which questions differ; one that only some of them have differs too.
pub(super) fn differing(questions: &[BTreeMap<String, String>]) -> Vec<String> {
    let paths: BTreeSet<&String> = questions.iter().flat_map(BTreeMap::keys).collect();
    paths
        .into_iter()
        .filter(|path| {
            let mut values = questions.iter().map(|question| question.get(*path));
            let first = values.next();
            values.any(|value| Some(value) != first)
        })
        .cloned()
        .collect()
}

/// The values of these paths, for a caption; a list by its length.
pub(super) fn describe(question: &BTreeMap<String, String>, paths: &[String]) -> String {
    let values: Vec<String> = paths
        .iter()
        .map(|path| match question.get(path).map(String::as_str) {
            None => format!("no {path}"),
            Some(text) if text.starts_with('[') => {
                let items: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
                format!("{path} of {}", items.len())
            }
            Some(text) => format!("{path} {}", text.trim_matches('"')),
        })
        .collect();
    values.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_asked_is_compared() {
        let spec = |budget: &str, data: &str, accumulation: u32| {
            json!({
                "budget": budget,
                "binary": format!("train_{budget}"),
                "data": {"name": data, "path": "p"},
                "features": ["a", "b"],
                "training": {"loss": "bce", "accumulation": accumulation},
                "run": {"train": {"seeds": [1]}},
            })
        };
        let of = |specs: &[Value]| {
            let questions: Vec<_> = specs
                .iter()
                .map(|spec| question(spec, &OVER_BUDGETS))
                .collect();
            (differing(&questions), questions)
        };
        assert!(of(&[spec("2M", "a", 1), spec("20M", "a", 4)]).0.is_empty());
        let mut shorter = spec("20M", "b", 1);
        shorter["features"] = json!(["a"]);
        let (paths, questions) = of(&[spec("2M", "a", 1), shorter]);
        assert_eq!(paths, ["data.name", "features"]);
        assert_eq!(
            describe(&questions[1], &paths),
            "data.name b, features of 1"
        );
        let (paths, _) = of(&[
            spec("2M", "a", 1),
            json!({"data": {"name": "a", "path": "p"}}),
        ]);
        assert_eq!(paths, ["features", "training.loss"]);
    }
}
