//! Which study a file must hold. It reads no file.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use xp_spec::space::SearchSpace;

/// Whether lower or higher objectives are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Lower is better.
    #[default]
    Minimize,
    /// Higher is better.
    Maximize,
}

impl Direction {
    /// A value with its sign changed where needed, so that lower is better; its own inverse.
    pub fn minimised(self, value: f64) -> f64 {
        match self {
            Self::Minimize => value,
            Self::Maximize => -value,
        }
    }

    /// The direction of that name.
    pub(crate) fn from_optuna(name: &str) -> Option<Self> {
        let known = [Self::Minimize, Self::Maximize];
        known
            .into_iter()
            .find(|direction| direction.optuna_name() == name)
    }

    /// Optuna's name of it.
    pub(crate) fn optuna_name(self) -> &'static str {
        match self {
            Self::Minimize => "MINIMIZE",
            Self::Maximize => "MAXIMIZE",
        }
    }
}

/// What makes a study this experiment's.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyIdentity {
    /// Name of the experiment.
    pub name: String,
    /// Hash of the whole specification.
    pub spec_hash: String,
    /// MD5 of the data file.
    pub data_md5: String,
    /// Direction of the objective.
    pub direction: Direction,
    /// Name of the objective, such as `val_loss`.
    pub metric: String,
    /// What is searched.
    pub space: SearchSpace,
    /// The rest of the specification, so that an error can name what changed.
    pub spec: Json,
}

/// Differences of two JSON values for messages: one clause for each path.
pub fn changes(stored: &Json, wanted: &Json) -> Vec<String> {
    let mut clauses = Vec::new();
    walk("", stored, wanted, &mut clauses);
    clauses
}

fn walk(path: &str, stored: &Json, wanted: &Json, clauses: &mut Vec<String>) {
    if stored == wanted {
        return;
    }
    match (stored, wanted) {
        (Json::Object(old), Json::Object(new)) => {
            let names = old
                .keys()
                .chain(new.keys().filter(|name| !old.contains_key(*name)));
            for name in names {
                let inner = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                let value = |object: &serde_json::Map<String, Json>| {
                    object.get(name).cloned().unwrap_or(Json::Null)
                };
                walk(&inner, &value(old), &value(new), clauses);
            }
        }
        (Json::Array(old), Json::Array(new)) => {
            let only = |these: &[Json], those: &[Json]| -> Vec<String> {
                let missing = these.iter().filter(|value| !those.contains(value));
                missing.map(ToString::to_string).collect()
            };
            let (removed, added) = (only(old, new), only(new, old));
            let mut parts = Vec::new();
            if !removed.is_empty() {
                parts.push(format!("no longer has {}", removed.join(", ")));
            }
            if !added.is_empty() {
                parts.push(format!("now has {}", added.join(", ")));
            }
            if parts.is_empty() {
                parts.push("has another order".to_owned());
            }
            clauses.push(format!("`{path}` {}", parts.join(" and ")));
        }
        _ => clauses.push(format!("`{path}` was {stored}, is {wanted}")),
    }
}

/// Differences of two search spaces for messages: one clause for each parameter.
pub fn difference(stored: &SearchSpace, wanted: &SearchSpace) -> Vec<String> {
    let find = |space: &SearchSpace, name: &str| {
        let mut parameters = space.parameters.iter();
        parameters.find(|parameter| parameter.name == name).cloned()
    };
    let mut clauses = Vec::new();
    for parameter in &stored.parameters {
        match find(wanted, &parameter.name) {
            None => clauses.push(format!("`{}` is no longer searched", parameter.name)),
            Some(now) if now.domain != parameter.domain => clauses.push(format!(
                "`{}` was {}, is {}",
                parameter.name,
                brief(&parameter.domain),
                brief(&now.domain)
            )),
            Some(_) => {}
        }
    }
    for parameter in &wanted.parameters {
        if find(stored, &parameter.name).is_none() {
            clauses.push(format!("`{}` is new", parameter.name));
        }
    }
    clauses
}

fn brief(domain: &xp_spec::space::Domain) -> String {
    use xp_spec::space::Domain;
    match domain {
        Domain::Uniform { .. } | Domain::Log { .. } => domain.to_string(),
        Domain::Int { low, high, step } => format!("int({low}, {high}, {step})"),
        Domain::LogInt { low, high } => format!("log_int({low}, {high})"),
        Domain::Choice { values } => serde_json::to_string(values).unwrap_or_default(),
        Domain::Architecture { shapes } => format!("{} shapes", shapes.len()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_name_their_places() {
        let stored = json!({"context": 80, "training": {"patience": 10}, "features": ["a", "b"], "order": [1, 2]});
        let wanted = json!({"context": 60, "training": {"patience": 10, "loss": "bce"}, "features": ["a", "c"], "order": [2, 1]});
        assert_eq!(
            changes(&stored, &wanted),
            [
                "`context` was 80, is 60",
                "`training.loss` was null, is \"bce\"",
                "`features` no longer has \"b\" and now has \"c\"",
                "`order` has another order",
            ]
        );
        assert_eq!(changes(&stored, &stored), Vec::<String>::new());
    }
}
