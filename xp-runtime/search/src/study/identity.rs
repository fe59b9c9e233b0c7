//! Which study a file must hold. It reads no file.

use serde::{Deserialize, Serialize};
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
    /// A value turned so that lower is better; its own inverse.
    pub fn minimised(self, value: f64) -> f64 {
        match self {
            Self::Minimize => value,
            Self::Maximize => -value,
        }
    }

    /// Optuna's word.
    pub(crate) fn word(self) -> &'static str {
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
}

/// Where two spaces differ, for people: one clause for each parameter.
pub(crate) fn difference(stored: &SearchSpace, wanted: &SearchSpace) -> Vec<String> {
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
        Domain::Uniform { low, high } => format!("uniform({low}, {high})"),
        Domain::Log { low, high } => format!("log({low}, {high})"),
        Domain::Int { low, high, step } => format!("int({low}, {high}, {step})"),
        Domain::LogInt { low, high } => format!("log_int({low}, {high})"),
        Domain::Choice { values } => serde_json::to_string(values).unwrap_or_default(),
        Domain::Architecture { shapes } => format!("{} shapes", shapes.len()),
    }
}
