//! When a trial of a search is stopped early: the rules' names and parameters. Judging a trial is `xp-search`'s.
//!
//! All that this crate knows of a pruner is here; a new one has its name, its variant and an arm in each method.

use serde::{Deserialize, Serialize};

use crate::{evaluate::MOST_STEPS, extent::Extent, infeasible::Infeasible, scalar::short};

choices! {
    /// Names of pruners.
    names: PrunerName, default SuccessiveHalving {
        /// No pruning.
        none => None,
        /// Prune what is worse than the median after as many steps.
        median => Median,
        /// Prune all but the best share at each rung.
        successive_halving => SuccessiveHalving,
        /// Successive halving with several first rungs.
        hyperband => Hyperband,
        /// Prune what has not improved for some evaluations.
        patience => Patience,
    }
}

/// When a trial is stopped early.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Pruner {
    /// Never.
    None,
    /// When its best value so far is worse than the median of the others' values after as many steps.
    Median {
        /// Others that must have come so far.
        fewest: usize,
        /// Steps of each trial before the rule applies.
        warmup: u32,
    },
    /// Asynchronous successive halving (Li et al., MLSys 2020): at steps `first`, `first`·`factor`, … only the best 1/`factor` of those
    /// that reached it continue; the very first does.
    SuccessiveHalving {
        /// Step of the first rung.
        first: u32,
        /// The share that continues is 1 / factor; at least 2.
        factor: u32,
    },
    /// Successive halving with several first rungs (Li et al., JMLR 2018); a trial's bracket follows from its number, with
    /// shares that give each bracket about the same steps.
    Hyperband {
        /// Step of the first rung of the most aggressive bracket.
        first: u32,
        /// Steps of a whole trial.
        last: u32,
        /// The share that continues is 1 / factor; at least 2.
        factor: u32,
    },
    /// When its best value is older than `evaluations` evaluations. The trial is then complete (Optuna would say pruned), since only its
    /// own curve decided.
    Patience {
        /// Evaluations without improvement that are tolerated.
        evaluations: u32,
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

const FEWEST: PrunerKey = PrunerKey::whole("fewest", 1, 10_000);
const WARMUP: PrunerKey = PrunerKey::whole("warmup", 0, MOST_STEPS);
const FIRST: PrunerKey = PrunerKey::whole("first", 1, MOST_STEPS);
const FACTOR: PrunerKey = PrunerKey::whole("factor", 2, 10_000);
const EVALUATIONS: PrunerKey = PrunerKey::whole("evaluations", 1, MOST_STEPS);
/// More than log-loss or 1 − AUC can ever gain is no improvement to ask for.
const LEAST: PrunerKey = PrunerKey {
    name: "least",
    whole: false,
    low: 0.0,
    high: 1.0,
};

impl PrunerKey {
    const fn whole(name: &'static str, low: u32, high: u32) -> Self {
        Self {
            name,
            whole: true,
            low: low as f64,
            high: high as f64,
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

    /// What a name alone means, for trials of that extent.
    pub fn named(name: &str, extent: &Extent) -> Option<Self> {
        let (_, name) = PrunerName::ALL
            .into_iter()
            .find(|(known, _)| *known == name)?;
        Some(Self::of(name, extent))
    }

    /// What a name alone means, for trials of that extent. Trials are first compared where each has been evaluated after its warm-up.
    pub fn of(name: PrunerName, extent: &Extent) -> Self {
        let first = extent.earliest_comparison();
        match name {
            PrunerName::None => Self::None,
            PrunerName::Median => Self::Median {
                fewest: 4,
                warmup: first,
            },
            PrunerName::SuccessiveHalving => Self::SuccessiveHalving { first, factor: 4 },
            PrunerName::Hyperband => Self::Hyperband {
                first,
                factor: 3,
                last: extent.longest,
            },
            PrunerName::Patience => Self::Patience {
                evaluations: 5,
                least: 0.0,
            },
        }
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
            Self::Patience { evaluations, least } => {
                vec![(EVALUATIONS, evaluations.into()), (LEAST, least)]
            }
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
            (Self::Patience { evaluations, .. }, "evaluations") => *evaluations = value as u32,
            (Self::Patience { least, .. }, "least") => *least = value,
            _ => {}
        }
        self
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

/// Why a pruner would compare trials before each has been evaluated after its warm-up, where the order of trials says little of their
/// ends; `None` where it waits.
pub fn premature(pruner: Pruner, extent: &Extent) -> Option<Infeasible> {
    let earliest = extent.earliest_comparison();
    let (key, at, least) = match pruner {
        Pruner::SuccessiveHalving { first, .. } | Pruner::Hyperband { first, .. } => {
            ("first", first, earliest)
        }
        // The rule applies after these steps, at an evaluation.
        Pruner::Median { warmup, .. } => ("warmup", warmup, extent.warmup),
        Pruner::None | Pruner::Patience { .. } => return None,
    };
    (at < least).then(|| Infeasible {
        key,
        message: format!(
            "trials would be compared from step {at} on, and the longest warm-up has {} steps: not each trial has been evaluated after its own",
            extent.warmup
        ),
        remedy: format!("`{key}: {least}` or more, or leave it out"),
    })
}

/// Why a pruner would never end one of `trials` trials of that extent; `None` where it may.
pub fn idle(pruner: Pruner, trials: u32, extent: &Extent) -> Option<Infeasible> {
    let &Extent {
        longest,
        evaluations: most,
        patience,
        ..
    } = extent;
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
            format!("the rule waits {warmup} steps, the longest trial has {longest}"),
        ),
        Pruner::SuccessiveHalving { first, .. } | Pruner::Hyperband { first, .. }
            if first >= longest =>
        {
            (
                "first",
                format!("the first rung is step {first}, the longest trial has {longest} steps"),
            )
        }
        // The first evaluation is always an improvement.
        Pruner::Patience { evaluations, .. } if evaluations.saturating_add(1) >= most => (
            "evaluations",
            format!(
                "the rule waits {evaluations} evaluations after the first, a trial has {most} at most"
            ),
        ),
        Pruner::Patience { evaluations, least } if evaluations >= patience && least <= 0.0 => (
            "evaluations",
            format!(
                "the rule waits {evaluations} evaluations, a training stops by itself after {patience} (`patience`)"
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

    const EXTENT: Extent = Extent {
        longest: 4000,
        shortest: 1000,
        warmup: 400,
        intervals: (50, 200),
        evaluations: 21,
        patience: 10,
    };

    #[test]
    fn pruners_that_cannot_act_or_act_too_early_are_named() {
        use Pruner::{Hyperband, Median, None, Patience, SuccessiveHalving};
        let halving = |first| SuccessiveHalving { first, factor: 3 };
        let median = |fewest, warmup| Median { fewest, warmup };
        let hyperband = |first| Hyperband {
            first,
            last: 4000,
            factor: 3,
        };
        let patience = |evaluations, least| Patience { evaluations, least };
        let nothing = Option::None;
        for (pruner, idle_key, early_key) in [
            (None, nothing, nothing),
            (median(4, 600), nothing, nothing),
            (median(20, 600), Some("fewest"), nothing),
            (median(4, 4000), Some("warmup"), nothing),
            (median(4, 399), nothing, Some("warmup")),
            (halving(4000), Some("first"), nothing),
            (halving(600), nothing, nothing),
            (halving(599), nothing, Some("first")),
            (hyperband(3999), nothing, nothing),
            (hyperband(1), nothing, Some("first")),
            (patience(9, 0.0), nothing, nothing),
            (patience(10, 0.0), Some("evaluations"), nothing),
            // One that asks for more than training does may act before it.
            (patience(10, 0.1), nothing, nothing),
            (patience(20, 0.1), Some("evaluations"), nothing),
        ] {
            let found = idle(pruner, 20, &EXTENT).map(|it| it.key);
            assert_eq!(found, idle_key, "{pruner:?}");
            let found = premature(pruner, &EXTENT).map(|it| it.key);
            assert_eq!(found, early_key, "{pruner:?}");
        }
        for (_, name) in PrunerName::ALL {
            let pruner = Pruner::of(name, &EXTENT);
            assert!(idle(pruner, 20, &EXTENT).is_none(), "{pruner}");
            assert!(premature(pruner, &EXTENT).is_none(), "{pruner}");
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
            ("patience", "patience { evaluations: 2, least: 0.5 }"),
        ] {
            let named = Pruner::named(name, &EXTENT);
            let parameters = named.map(|it| it.parameters()).unwrap_or_default();
            let set =
                parameters
                    .into_iter()
                    .zip([2.0, 3.0])
                    .fold(named, |pruner, ((key, _), value)| {
                        let value = if key.whole { value } else { 0.5 };
                        assert!(key.check(value).is_ok(), "{name}");
                        pruner.map(|it| it.with(key.name, value))
                    });
            assert_eq!(set.map(|it| it.to_string()).as_deref(), Some(written));
        }
        assert_eq!(
            FACTOR.check(1.0),
            Err("`factor` must be from 2 to 10000, found 1".to_owned())
        );
    }
}
