//! How a search chooses its trials and ends them early: names, parameters and their rules. It samples nothing.

use serde::{Deserialize, Serialize};

use crate::space::{Assignment, Domain, Value};

/// How the next point is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Sampler {
    /// Gaussian process with log expected improvement, up to 200 trials.
    Gp,
    /// Multivariate tree-structured Parzen estimator with constant liar.
    Tpe,
    /// Independent uniform draws.
    Random,
    /// Owen-scrambled Sobol sequence.
    Sobol,
    /// All combinations; real axes at five values.
    Grid,
    /// `Gp`, which takes pruned trials for what they may be expected to have ended with; `Tpe` beyond its 200 trials.
    #[default]
    Auto,
}

impl Sampler {
    /// All, by the names of the grammar.
    pub const ALL: [(&'static str, Self); 6] = [
        ("auto", Self::Auto),
        ("gp", Self::Gp),
        ("tpe", Self::Tpe),
        ("random", Self::Random),
        ("sobol", Self::Sobol),
        ("grid", Self::Grid),
    ];

    /// Whether start-up trials come before a model decides.
    pub fn starts_up(self) -> bool {
        matches!(self, Self::Auto | Self::Gp | Self::Tpe)
    }
}

/// When a trial is stopped early. Epochs count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Pruner {
    /// Never.
    None,
    /// When its best value so far is worse than the median of the others' values at the same epoch.
    Median {
        /// Others that must have reached the epoch.
        fewest: usize,
        /// Epochs of each trial before the rule applies.
        warmup: u32,
    },
    /// Asynchronous successive halving (Li et al., MLSys 2020): at epochs `first`, `first`·`factor`, … only the best
    /// 1/`factor` of those that reached it go on; the very first does.
    SuccessiveHalving {
        /// Epoch of the first rung.
        first: u32,
        /// Share kept is 1 / factor; at least 2.
        factor: u32,
    },
    /// Successive halving with several first rungs (Li et al., JMLR 2018); a trial's bracket follows from its number, with
    /// shares that give each bracket about the same epochs.
    Hyperband {
        /// Epoch of the first rung of the most aggressive bracket.
        first: u32,
        /// Epochs of a whole trial.
        last: u32,
        /// Share kept is 1 / factor; at least 2.
        factor: u32,
    },
    /// When its best value is older than `epochs` epochs. The trial is then complete: no other has been better, its own curve is at an end.
    Patience {
        /// Epochs without improvement that are tolerated.
        epochs: u32,
        /// Improvement that counts.
        least: f64,
    },
}

impl Pruner {
    /// Names of the grammar.
    pub const NAMES: [&'static str; 5] = [
        "none",
        "median",
        "successive_halving",
        "hyperband",
        "patience",
    ];

    /// What a name alone means, where the longest trial has `last` epochs.
    pub fn named(name: &str, last: u32) -> Option<Self> {
        Some(match name {
            "none" => Self::None,
            "median" => Self::Median {
                fewest: 4,
                warmup: 5,
            },
            "successive_halving" => Self::default(),
            "hyperband" => Self::Hyperband {
                first: 1,
                factor: 3,
                last,
            },
            "patience" => Self::Patience {
                epochs: 5,
                least: 0.0,
            },
            _ => return None,
        })
    }
}

impl std::fmt::Display for Pruner {
    /// As an experiment writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Median { fewest, warmup } => {
                write!(f, "median {{ fewest: {fewest}, warmup: {warmup} }}")
            }
            Self::SuccessiveHalving { first, factor } => {
                write!(
                    f,
                    "successive_halving {{ first: {first}, factor: {factor} }}"
                )
            }
            Self::Hyperband { first, factor, .. } => {
                write!(f, "hyperband {{ first: {first}, factor: {factor} }}")
            }
            Self::Patience { epochs, least } => {
                write!(f, "patience {{ epochs: {epochs}, least: {least} }}")
            }
        }
    }
}

impl Default for Pruner {
    /// What `configs/defaults.yaml` says, which a test compares.
    fn default() -> Self {
        Self::SuccessiveHalving {
            first: 1,
            factor: 4,
        }
    }
}

/// Trials from the scrambled Sobol sequence before a model decides, unless an experiment says otherwise.
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
    fn from(sampler: Sampler) -> Self {
        Self {
            sampler,
            startup_trials: STARTUP_TRIALS,
            pruner: Pruner::default(),
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
pub fn holds(domain: &Domain, value: &Value) -> bool {
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
                point(&[("epochs", 50), ("warmup_steps", 100)]),
                point(&[("epochs", 75)]),
            ],
            ..Strategy::default()
        };
        for (pairs, excluded) in [
            (&[("epochs", 50), ("warmup_steps", 100)][..], true),
            (&[("epochs", 50), ("warmup_steps", 200)], false),
            (&[("epochs", 75), ("warmup_steps", 200)], true),
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
            assert_eq!(holds(domain, &value), expected, "{domain:?} {value:?}");
        }
    }
}
