//! Whether a run can do what is specified: a search has points for its trials, warm-up ends, batches fill.

use crate::{
    epoch::steps_of_epoch,
    evaluate::Evaluate,
    infeasible::Infeasible,
    loss::Loss,
    sampler::Sampler,
    space::{Assignment, Domain, SearchSpace, Value},
    strategy::Strategy,
    training::Training,
};

/// Combinations that are counted one by one; beyond, exclusions are taken to leave something.
const MOST_COUNTED: usize = 100_000;
/// Values at which the grid sampler tries a real axis.
const GRID_POINTS: usize = 5;

/// What a search of `trials` trials cannot do; its space where it is known.
pub fn search(strategy: &Strategy, space: Option<&SearchSpace>, trials: u32) -> Vec<Infeasible> {
    let mut found = Vec::new();
    let excludes_all = strategy.exclude.iter().any(Assignment::is_empty);
    let left = space
        .filter(|space| !space.parameters.is_empty() && !excludes_all)
        .and_then(|space| points(strategy, space));
    match left {
        Some(0) => found.push(Infeasible {
            key: "exclude",
            message: "`exclude` leaves no point to try".to_owned(),
            remedy: "exclude less, or widen `search`".to_owned(),
        }),
        Some(points) if points < trials as usize => found.push(Infeasible {
            key: "trials",
            message: format!(
                "{trials} trials, and the space has {points} {}: no point is tried twice",
                if points == 1 { "point" } else { "points" }
            ),
            remedy: format!("`trials: {points}`, or a wider `search`"),
        }),
        _ => {}
    }
    let (forced, startup) = (strategy.first.len(), strategy.startup_trials);
    if forced >= trials as usize {
        found.push(Infeasible {
            key: "first",
            message: format!(
                "{forced} forced trials of {trials} leave the sampler nothing to decide"
            ),
            remedy: format!("more than {forced} trials, or fewer points in `first`"),
        });
    } else if strategy.sampler.starts_up() && startup >= trials {
        found.push(Infeasible {
            key: "startup_trials",
            message: format!(
                "{startup} start-up trials of {trials} leave the sampler nothing to decide"
            ),
            remedy: if trials > 1 {
                format!("fewer `startup_trials` than {trials}, or `sampler: sobol`")
            } else {
                "`sampler: sobol`, or more trials".to_owned()
            },
        });
    }
    found
}

/// What the steps of a training cannot do. `bounds` gives the smallest and largest value of a hyperparameter, where they are known;
/// `samples` are those of train.
pub fn steps(
    bounds: impl Fn(&str) -> Option<(i64, i64)>,
    samples: usize,
    training: &Training,
) -> Vec<Infeasible> {
    let parts = training.accumulation;
    let mut found = Vec::new();
    let Some((smallest, largest)) = bounds("batch_size") else {
        return found;
    };
    let samples = i64::try_from(samples).unwrap_or(i64::MAX);
    if largest > samples {
        found.push(Infeasible {
            key: "batch_size",
            message: format!("a batch of {largest} is more than the {samples} train samples"),
            remedy: format!("`batch_size` ≤ {samples}"),
        });
    }
    if i64::from(parts) > smallest {
        found.push(Infeasible {
            key: "accumulation",
            message: format!("a batch of {smallest} cannot be split into {parts} parts"),
            remedy: format!("`accumulation` ≤ {smallest}, or a larger `batch_size`"),
        });
    }
    if training.loss == Loss::SoftAuc && found.is_empty() && smallest < 2 {
        found.push(Infeasible {
            key: "batch_size",
            message: format!(
                "`soft_auc` compares pairs of samples: a batch of {smallest} has none"
            ),
            remedy: "at least 2 samples, better 32".to_owned(),
        });
    }
    // Batches that do not fill make no epochs to count.
    if found.is_empty()
        && let Some((shortest, _)) = bounds("steps")
    {
        let shortest = u32::try_from(shortest).unwrap_or(u32::MAX);
        let smallest = u32::try_from(smallest).unwrap_or(1);
        let epoch = steps_of_epoch(samples.unsigned_abs(), smallest);
        let interval = training.evaluate.interval(shortest, epoch);
        if shortest > 1 && training.evaluate != Evaluate::Auto && interval >= shortest {
            found.push(Infeasible {
                key: "evaluate",
                message: format!(
                    "a training of {shortest} steps is evaluated once, at its end: `{}` is every {interval} steps",
                    training.evaluate
                ),
                remedy: format!(
                    "`evaluate: every({})`, or more `steps`",
                    Evaluate::Auto.interval(shortest, epoch)
                ),
            });
        }
    }
    found
}

/// Points that a search may try; `None` where they are endless or too many to count.
pub fn points(strategy: &Strategy, space: &SearchSpace) -> Option<usize> {
    let excluded = |name: &str| {
        strategy
            .exclude
            .iter()
            .any(|point| point.contains_key(name))
    };
    let (named, free): (Vec<_>, Vec<_>) = space
        .parameters
        .iter()
        .partition(|parameter| excluded(&parameter.name));
    let mut combinations = vec![Assignment::new()];
    for parameter in named {
        let values = listed(&parameter.domain)?;
        if combinations.len().saturating_mul(values.len()) > MOST_COUNTED {
            return None;
        }
        combinations = combinations
            .iter()
            .flat_map(|point| {
                values.iter().map(|value| {
                    let mut point = point.clone();
                    point.insert(parameter.name.clone(), value.clone());
                    point
                })
            })
            .collect();
    }
    let left = combinations
        .iter()
        .filter(|point| !strategy.excludes(point))
        .count();
    if left == 0 {
        return Some(0);
    }
    free.iter().try_fold(left, |points, parameter| {
        Some(points.saturating_mul(size(&parameter.domain, strategy.sampler)?))
    })
}

/// Number of values that a sampler may take from a domain; `None` where they are endless.
fn size(domain: &Domain, sampler: Sampler) -> Option<usize> {
    let span = |low: i64, high: i64, step: i64| {
        usize::try_from(high.saturating_sub(low) / step.max(1) + 1).unwrap_or(usize::MAX)
    };
    match domain {
        Domain::Choice { values } => Some(values.len()),
        Domain::Architecture { shapes } => Some(shapes.len()),
        Domain::Int { low, high, step } => Some(span(*low, *high, *step)),
        Domain::LogInt { low, high } => Some(span(*low, *high, 1)),
        Domain::Uniform { .. } | Domain::Log { .. } => {
            (sampler == Sampler::Grid).then_some(GRID_POINTS)
        }
    }
}

/// The values of a domain, where they are few.
fn listed(domain: &Domain) -> Option<Vec<Value>> {
    let few = size(domain, Sampler::Auto)? <= MOST_COUNTED;
    few.then(|| match domain {
        Domain::Choice { values } => values.clone(),
        Domain::Architecture { shapes } => {
            shapes.iter().copied().map(Value::Architecture).collect()
        }
        Domain::Int { low, high, step } => (*low..=*high)
            .step_by(usize::try_from(*step).unwrap_or(1).max(1))
            .map(Value::Int)
            .collect(),
        Domain::LogInt { low, high } => (*low..=*high).map(Value::Int).collect(),
        Domain::Uniform { .. } | Domain::Log { .. } => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Parameter;

    fn choice(name: &str, values: &[i64]) -> Parameter {
        Parameter {
            name: name.to_owned(),
            domain: Domain::Choice {
                values: values.iter().copied().map(Value::Int).collect(),
            },
        }
    }

    fn point(pairs: &[(&str, i64)]) -> Assignment {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::Int(*value)))
            .collect()
    }

    fn real() -> Parameter {
        Parameter {
            name: "dropout".to_owned(),
            domain: Domain::Uniform {
                low: 0.1,
                high: 0.5,
            },
        }
    }

    #[test]
    fn points_are_counted_without_the_excluded_ones() {
        let excluding = |exclude: Vec<Assignment>| Strategy {
            exclude,
            ..Strategy::default()
        };
        let space = |real_axis: bool| SearchSpace {
            parameters: [choice("steps", &[50, 75]), choice("batch_size", &[1, 2, 3])]
                .into_iter()
                .chain(real_axis.then(real))
                .collect(),
        };
        let one = vec![point(&[("steps", 50), ("batch_size", 1)])];
        let each = [50, 75]
            .iter()
            .flat_map(|steps| {
                [1, 2, 3].map(|batch| point(&[("steps", *steps), ("batch_size", batch)]))
            })
            .collect::<Vec<_>>();
        for (exclude, real_axis, expected) in [
            (Vec::new(), false, Some(6)),
            (one.clone(), false, Some(5)),
            (vec![point(&[("steps", 50)])], false, Some(3)),
            (one, true, None),
            // All combinations, one by one.
            (each.clone(), false, Some(0)),
            (each, true, Some(0)),
        ] {
            assert_eq!(
                points(&excluding(exclude.clone()), &space(real_axis)),
                expected,
                "{exclude:?}"
            );
        }
        let grid = Strategy::from(Sampler::Grid);
        assert_eq!(points(&grid, &space(true)), Some(30));
    }

    #[test]
    fn a_search_needs_points_and_a_sampler_that_decides() {
        let space = SearchSpace {
            parameters: vec![choice("steps", &[50, 75, 100])],
        };
        let keys = |strategy: &Strategy, trials| {
            search(strategy, Some(&space), trials)
                .iter()
                .map(|it| it.key)
                .collect::<Vec<_>>()
        };
        let startup = |startup_trials| Strategy {
            startup_trials,
            ..Strategy::default()
        };
        assert!(keys(&startup(2), 3).is_empty());
        assert_eq!(keys(&startup(2), 4), ["trials"]);
        assert_eq!(keys(&startup(3), 3), ["startup_trials"]);
        assert!(keys(&Strategy::from(Sampler::Sobol), 3).is_empty());
    }

    #[test]
    fn steps_must_fit_the_samples() {
        let training = |loss, accumulation, evaluate| Training {
            evaluate,
            loss,
            accumulation,
            precision: crate::training::Precision::Fp32,
            objective: crate::training::Objective::LogLoss,
            schedule: crate::training::Schedule::Cosine,
            patience: 10,
            min_delta: 0.0,
        };
        let with = |loss, batch: (i64, i64), evaluate, parts: u32| {
            let bounds = |name: &str| match name {
                "batch_size" => Some(batch),
                "steps" => Some((10, 20)),
                _ => None,
            };
            steps(bounds, 100, &training(loss, parts, evaluate))
                .iter()
                .map(|it| it.key)
                .collect::<Vec<_>>()
        };
        let keys = |batch, evaluate, parts| with(Loss::Bce, batch, evaluate, parts);
        for (batch, found) in [(1, 1), (2, 0)] {
            let found_here = with(Loss::SoftAuc, (batch, 64), Evaluate::Auto, 1);
            assert_eq!(found_here.len(), found, "{batch}: {found_here:?}");
        }
        // An epoch has 4 steps, or 13 of the smaller batches.
        assert!(keys((32, 32), Evaluate::Every(9), 32).is_empty());
        assert!(keys((32, 32), Evaluate::EachEpoch, 1).is_empty());
        assert_eq!(keys((32, 32), Evaluate::Every(10), 1), ["evaluate"]);
        assert_eq!(keys((8, 32), Evaluate::EachEpoch, 1), ["evaluate"]);
        assert_eq!(keys((32, 32), Evaluate::Auto, 33), ["accumulation"]);
        assert_eq!(keys((32, 101), Evaluate::Auto, 1), ["batch_size"]);
        assert!(
            steps(|_| None, 100, &training(Loss::Bce, 1, Evaluate::Auto)).is_empty(),
            "borrowed ones are not known"
        );
    }
}
