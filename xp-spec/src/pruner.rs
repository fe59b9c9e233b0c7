//! When a trial of a search is stopped early: the rules' names and parameters. Judging a trial is `xp-search`'s.
//!
//! All that this crate knows of a pruner is here; a new one has its name, its variant and an arm in each method.

use serde::{Deserialize, Serialize};

use crate::{infeasible::Infeasible, scalar::short};

vocabulary! {
    /// Names of pruners.
    names {
        /// No pruning.
        none,
        /// Prune what is worse than the median at the same epoch.
        median,
        /// Prune all but the best share at each rung.
        successive_halving,
        /// Successive halving with several first rungs.
        hyperband,
        /// Prune what has not improved for some epochs.
        patience,
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
    /// 1/`factor` of those that reached it continue; the very first does.
    SuccessiveHalving {
        /// Epoch of the first rung.
        first: u32,
        /// The share that continues is 1 / factor; at least 2.
        factor: u32,
    },
    /// Successive halving with several first rungs (Li et al., JMLR 2018); a trial's bracket follows from its number, with
    /// shares that give each bracket about the same epochs.
    Hyperband {
        /// Epoch of the first rung of the most aggressive bracket.
        first: u32,
        /// Epochs of a whole trial.
        last: u32,
        /// The share that continues is 1 / factor; at least 2.
        factor: u32,
    },
    /// When its best value is older than `epochs` epochs. The trial is then complete (Optuna would say pruned), since only its own curve decided.
    Patience {
        /// Epochs without improvement that are tolerated.
        epochs: u32,
        /// Improvement that counts.
        least: f64,
    },
}

/// A parameter in braces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrunerKey {
    /// Its name.
    pub name: &'static str,
    /// Whether it is a whole number.
    pub whole: bool,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
}

const FEWEST: PrunerKey = PrunerKey::whole("fewest", 1);
const WARMUP: PrunerKey = PrunerKey::whole("warmup", 0);
const FIRST: PrunerKey = PrunerKey::whole("first", 1);
const FACTOR: PrunerKey = PrunerKey::whole("factor", 2);
const EPOCHS: PrunerKey = PrunerKey::whole("epochs", 1);
/// More than log-loss or 1 − AUC can ever gain is no improvement to ask for.
const LEAST: PrunerKey = PrunerKey {
    name: "least",
    whole: false,
    low: 0.0,
    high: 1.0,
};

impl PrunerKey {
    const fn whole(name: &'static str, low: u32) -> Self {
        Self {
            name,
            whole: true,
            low: low as f64,
            high: 10_000.0,
        }
    }

    /// Whether a value lies in its range; the error has the range.
    pub fn check(&self, value: f64) -> Result<(), String> {
        if (self.low..=self.high).contains(&value) {
            return Ok(());
        }
        Err(format!(
            "`{}` must be from {} to {}, found {}",
            self.name,
            self.low,
            self.high,
            short(value)
        ))
    }
}

impl Pruner {
    /// Names of the grammar.
    pub const NAMES: &[&str] = names::ALL;

    /// What a name alone means, where the longest trial has `last` epochs.
    pub fn named(name: &str, last: u32) -> Option<Self> {
        Some(match name {
            names::none => Self::None,
            names::median => Self::Median {
                fewest: 4,
                warmup: 5,
            },
            names::successive_halving => Self::default(),
            names::hyperband => Self::Hyperband {
                first: 1,
                factor: 3,
                last,
            },
            names::patience => Self::Patience {
                epochs: 5,
                least: 0.0,
            },
            _ => return None,
        })
    }

    /// Its name in the grammar.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => names::none,
            Self::Median { .. } => names::median,
            Self::SuccessiveHalving { .. } => names::successive_halving,
            Self::Hyperband { .. } => names::hyperband,
            Self::Patience { .. } => names::patience,
        }
    }

    /// Its parameters and their values, as an experiment writes them.
    pub fn parameters(&self) -> Vec<(PrunerKey, f64)> {
        match *self {
            Self::None => Vec::new(),
            Self::Median { fewest, warmup } => {
                vec![(FEWEST, fewest as f64), (WARMUP, warmup.into())]
            }
            Self::SuccessiveHalving { first, factor } | Self::Hyperband { first, factor, .. } => {
                vec![(FIRST, first.into()), (FACTOR, factor.into())]
            }
            Self::Patience { epochs, least } => vec![(EPOCHS, epochs.into()), (LEAST, least)],
        }
    }

    /// This pruner with another value of a parameter, which must lie in its range; what is none of its own is left out.
    #[must_use]
    pub fn with(mut self, key: &str, value: f64) -> Self {
        match (&mut self, key) {
            (Self::Median { fewest, .. }, "fewest") => *fewest = value as usize,
            (Self::Median { warmup, .. }, "warmup") => *warmup = value as u32,
            (Self::SuccessiveHalving { first, .. } | Self::Hyperband { first, .. }, "first") => {
                *first = value as u32;
            }
            (Self::SuccessiveHalving { factor, .. } | Self::Hyperband { factor, .. }, "factor") => {
                *factor = value as u32
            }
            (Self::Patience { epochs, .. }, "epochs") => *epochs = value as u32,
            (Self::Patience { least, .. }, "least") => *least = value,
            _ => {}
        }
        self
    }

    /// Whether each parameter lies in its range; the error names the first that does not.
    pub fn check(&self) -> Result<(), String> {
        self.parameters()
            .into_iter()
            .try_for_each(|(key, value)| key.check(value))
    }
}

impl std::fmt::Display for Pruner {
    /// As an experiment writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parameters: Vec<_> = self
            .parameters()
            .into_iter()
            .map(|(key, value)| format!("{}: {value}", key.name))
            .collect();
        if parameters.is_empty() {
            f.write_str(self.name())
        } else {
            write!(f, "{} {{ {} }}", self.name(), parameters.join(", "))
        }
    }
}

impl Default for Pruner {
    /// The one of `configs/defaults.yaml`; a test compares them.
    fn default() -> Self {
        Self::SuccessiveHalving {
            first: 1,
            factor: 4,
        }
    }
}

/// Why a pruner would never end one of `trials` trials of at most `longest` epochs, of which `stop` without improvement end a training
/// anyway; `None` where it may.
pub fn idle(pruner: Pruner, trials: u32, longest: u32, stop: u32) -> Option<Infeasible> {
    let (key, message) = match pruner {
        Pruner::SuccessiveHalving { .. } | Pruner::Hyperband { .. } if trials < 2 => (
            "first",
            "one trial has no others to be compared with".to_owned(),
        ),
        Pruner::Median { fewest, .. } if fewest >= trials as usize => (
            "fewest",
            format!("no trial of {trials} has {fewest} others before it"),
        ),
        Pruner::Median { warmup, .. } if warmup >= longest => (
            "warmup",
            format!("the rule waits {warmup} epochs, the longest trial has {longest}"),
        ),
        Pruner::SuccessiveHalving { first, .. } | Pruner::Hyperband { first, .. }
            if first >= longest =>
        {
            (
                "first",
                format!("the first rung is epoch {first}, the longest trial has {longest} epochs"),
            )
        }
        // The first epoch is always an improvement.
        Pruner::Patience { epochs, .. } if epochs.saturating_add(1) >= longest => (
            "epochs",
            format!(
                "the rule waits {epochs} epochs after the first, the longest trial has {longest}"
            ),
        ),
        Pruner::Patience { epochs, least } if epochs >= stop && least <= 0.0 => (
            "epochs",
            format!(
                "the rule waits {epochs} epochs, a training stops by itself after {stop} (`patience`)"
            ),
        ),
        _ => return None,
    };
    Some(Infeasible {
        key,
        message: format!("{message}: nothing would be pruned"),
        remedy: "a smaller number, or `pruner: none`".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pruners_that_cannot_act_are_named() {
        use Pruner::{Hyperband, Median, None, Patience, SuccessiveHalving};
        for (pruner, key) in [
            (None, Option::None),
            (
                Median {
                    fewest: 4,
                    warmup: 5,
                },
                Option::None,
            ),
            (
                Median {
                    fewest: 20,
                    warmup: 5,
                },
                Some("fewest"),
            ),
            (
                Median {
                    fewest: 4,
                    warmup: 50,
                },
                Some("warmup"),
            ),
            (
                SuccessiveHalving {
                    first: 50,
                    factor: 3,
                },
                Some("first"),
            ),
            (
                Hyperband {
                    first: 49,
                    last: 50,
                    factor: 3,
                },
                Option::None,
            ),
            (
                Patience {
                    epochs: 50,
                    least: 0.0,
                },
                Some("epochs"),
            ),
        ] {
            assert_eq!(idle(pruner, 20, 50, 30).map(|it| it.key), key, "{pruner:?}");
        }
    }

    #[test]
    fn parameters_are_set_and_written_by_name() {
        for (name, written) in [
            ("none", "none"),
            ("median", "median { fewest: 2, warmup: 3 }"),
            (
                "successive_halving",
                "successive_halving { first: 2, factor: 3 }",
            ),
            ("hyperband", "hyperband { first: 2, factor: 3 }"),
            ("patience", "patience { epochs: 2, least: 0.5 }"),
        ] {
            let mut pruner = Pruner::named(name, 10).unwrap_or_default();
            for ((key, _), value) in pruner.parameters().into_iter().zip([2.0, 3.0]) {
                let value = if key.whole { value } else { 0.5 };
                assert!(key.check(value).is_ok(), "{name}");
                pruner = pruner.with(key.name, value);
            }
            assert_eq!(pruner.to_string(), written);
            assert!(pruner.check().is_ok());
        }
        let wrong = Pruner::default().with("factor", 1.0).check();
        assert_eq!(
            wrong,
            Err("`factor` must be from 2 to 10000, found 1".to_owned())
        );
    }
}
