//! How a search chooses its trials and ends them early. It samples nothing.

use serde::{Deserialize, Serialize};

use crate::space::{Assignment, Domain, Value};

pub use crate::{pruner::Pruner, sampler::Sampler};

/// Trials from the scrambled Sobol sequence before a model decides, unless an experiment specifies another number.
pub const STARTUP_TRIALS: u32 = 8;

/// How a search chooses and ends its trials.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// How the next point is chosen.
    pub sampler: Sampler,
    /// Trials from the scrambled Sobol sequence before a model decides.
    pub startup_trials: u32,
    /// When a trial is stopped early.
    pub pruner: Pruner,
    /// Points of the first trials, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<Assignment>,
    /// Points that are never tried: those that agree with one of these in all values that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Assignment>,
}

impl Default for Strategy {
    fn default() -> Self {
        Sampler::default().into()
    }
}

impl From<Sampler> for Strategy {
    /// Without pruning: when trials can be compared depends on how long they are.
    fn from(sampler: Sampler) -> Self {
        Self {
            sampler,
            startup_trials: STARTUP_TRIALS,
            pruner: Pruner::None,
            first: Vec::new(),
            exclude: Vec::new(),
        }
    }
}

impl Strategy {
    /// Whether a point must not be tried.
    pub fn excludes(&self, point: &Assignment) -> bool {
        self.exclude.iter().any(|excluded| {
            excluded
                .iter()
                .all(|(name, value)| point.get(name) == Some(value))
        })
    }
}

/// Whether a value lies in a domain.
pub fn contains(domain: &Domain, value: &Value) -> bool {
    match (domain, value) {
        (Domain::Uniform { low, high } | Domain::Log { low, high }, Value::Float(value)) => {
            (low..=high).contains(&value)
        }
        (Domain::Int { low, high, step }, Value::Int(value)) => {
            (low..=high).contains(&value) && (value - low) % (*step).max(1) == 0
        }
        (Domain::LogInt { low, high }, Value::Int(value)) => (low..=high).contains(&value),
        (Domain::Choice { values }, value) => values.contains(value),
        (Domain::Architecture { shapes }, Value::Architecture(shape)) => shapes.contains(shape),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(pairs: &[(&str, i64)]) -> Assignment {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::Int(*value)))
            .collect()
    }

    #[test]
    fn exclusions_match_what_they_name() {
        let strategy = Strategy {
            exclude: vec![
                point(&[("steps", 50), ("batch_size", 100)]),
                point(&[("steps", 75)]),
            ],
            ..Strategy::default()
        };
        for (pairs, excluded) in [
            (&[("steps", 50), ("batch_size", 100)][..], true),
            (&[("steps", 50), ("batch_size", 200)], false),
            (&[("steps", 75), ("batch_size", 200)], true),
        ] {
            assert_eq!(strategy.excludes(&point(pairs)), excluded, "{pairs:?}");
        }
    }

    #[test]
    fn values_lie_in_their_domains_or_not() {
        let shape = crate::architecture::Architecture {
            d_model: 192,
            n_layers: 4,
            n_heads: 6,
            d_ff: 768,
        };
        let log = Domain::Log {
            low: 1e-4,
            high: 1e-3,
        };
        let int = Domain::Int {
            low: 10,
            high: 20,
            step: 5,
        };
        for (domain, value, expected) in [
            (&log, Value::Float(1e-4), true),
            (&log, Value::Float(2e-3), false),
            (&log, Value::Int(1), false),
            (&int, Value::Int(15), true),
            (&int, Value::Int(16), false),
            (
                &Domain::Architecture {
                    shapes: vec![shape],
                },
                Value::Architecture(shape),
                true,
            ),
        ] {
            assert_eq!(contains(domain, &value), expected, "{domain:?} {value:?}");
        }
    }
}
