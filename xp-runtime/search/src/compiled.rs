//! A search space compiled for samplers: points as coordinates, and back to values by name. It samples nothing.

use std::collections::HashSet;

use xp_spec::space::{Assignment, SearchSpace, Value};

use crate::{
    axis::{Axis, Kind, real_value},
    suggest::SuggestError,
    trial::{Trial, TrialState},
};

/// A point of a search space: one coordinate per axis (see [`crate::axis`]).
pub(crate) type Point = Vec<f64>;

/// All axes of a search space, in its order.
pub(crate) struct Compiled {
    pub(crate) axes: Vec<Axis>,
    /// Positions of the axes in order of their names.
    by_name: Vec<usize>,
}

impl Compiled {
    pub(crate) fn new(space: &SearchSpace) -> Result<Self, SuggestError> {
        let mut axes: Vec<Axis> = Vec::with_capacity(space.parameters.len());
        for parameter in &space.parameters {
            if axes.iter().any(|axis| axis.name == parameter.name) {
                return Err(SuggestError::InvalidDomain {
                    parameter: parameter.name.clone(),
                    reason: "the space names it twice".to_owned(),
                });
            }
            axes.push(Axis::new(parameter)?);
        }
        let mut by_name: Vec<usize> = (0..axes.len()).collect();
        by_name.sort_by(|a, b| axes[*a].name.cmp(&axes[*b].name));
        Ok(Self { axes, by_name })
    }

    /// Number of distinct points; `None` where a real axis makes them endless (or more than 2⁶⁴).
    pub(crate) fn size(&self) -> Option<u64> {
        self.axes.iter().try_fold(1_u64, |size, axis| {
            axis.levels().and_then(|levels| size.checked_mul(levels))
        })
    }

    pub(crate) fn assignment(&self, point: &[f64]) -> Assignment {
        self.axes
            .iter()
            .zip(point)
            .map(|(axis, coordinate)| (axis.name.clone(), axis.value(*coordinate)))
            .collect()
    }

    /// The point of an assignment that was made in this space; `whose` names it in the error.
    pub(crate) fn point(
        &self,
        assignment: &Assignment,
        whose: impl Fn() -> String,
    ) -> Result<Point, SuggestError> {
        let foreign = |reason: String| SuggestError::ForeignTrial {
            trial: whose(),
            reason,
        };
        let mut point = vec![0.0; self.axes.len()];
        let mut values = assignment.iter();
        // Both in order of names, so that one walk joins them.
        for &index in &self.by_name {
            let (Some(axis), Some(slot)) = (self.axes.get(index), point.get_mut(index)) else {
                continue;
            };
            let value = match values.next() {
                Some((name, value)) if *name == axis.name => value,
                Some((name, _)) if *name < axis.name => {
                    return Err(foreign(format!("`{name}` is not searched")));
                }
                _ => return Err(foreign(format!("`{}` is missing", axis.name))),
            };
            *slot = axis.coordinate(value).ok_or_else(|| {
                foreign(format!(
                    "{value} lies outside the domain of `{}`",
                    axis.name
                ))
            })?;
        }
        match values.next() {
            Some((name, _)) => Err(foreign(format!("`{name}` is not searched"))),
            None => Ok(point),
        }
    }

    /// What makes two points the same: levels, and the bits of real values.
    pub(crate) fn key(&self, point: &[f64]) -> Vec<u64> {
        self.axes
            .iter()
            .zip(point)
            .map(|(axis, coordinate)| match &axis.kind {
                Kind::Real { low, high, log } => bits(real_value(*low, *high, *log, *coordinate)),
                _ => *coordinate as u64,
            })
            .collect()
    }

    /// The key of a point whose values are known: its real coordinates may have lost a bit on the way.
    fn key_of(&self, point: &[f64], assignment: &Assignment) -> Vec<u64> {
        self.axes
            .iter()
            .zip(point)
            .map(
                |(axis, coordinate)| match (&axis.kind, assignment.get(&axis.name)) {
                    (Kind::Real { .. }, Some(Value::Float(value))) => bits(*value),
                    (Kind::Real { .. }, Some(Value::Int(value))) => bits(*value as f64),
                    _ => *coordinate as u64,
                },
            )
            .collect()
    }
}

/// The bits of a number, with one zero only.
fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}

/// What a trial taught about its point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Merit {
    /// Its value.
    Complete(f64),
    /// The last epoch that it reached, the value it showed there, and what that suggests of its end.
    Pruned {
        epoch: u32,
        value: f64,
        estimate: f64,
    },
    /// Worse than every value.
    Infeasible,
}

impl Merit {
    /// What was measured, if anything, or may be expected from what was.
    pub(crate) fn value(self) -> Option<f64> {
        match self {
            Self::Complete(value) => Some(value),
            Self::Pruned { estimate, .. } => Some(estimate),
            Self::Infeasible => None,
        }
    }
}

/// Everything that a sampler may learn from: what ended, in order of trial numbers, and what still runs.
pub(crate) struct Evidence {
    pub(crate) points: Vec<Point>,
    pub(crate) merits: Vec<Merit>,
    pub(crate) running: Vec<Point>,
    /// Keys of all points that must not be proposed again.
    pub(crate) seen: HashSet<Vec<u64>>,
}

impl Evidence {
    pub(crate) fn gather(
        space: &Compiled,
        history: &[Trial],
        running: &[Assignment],
    ) -> Result<Self, SuggestError> {
        let mut evidence = Self {
            points: Vec::new(),
            merits: Vec::new(),
            running: Vec::new(),
            seen: HashSet::new(),
        };
        let mut ordered: Vec<&Trial> = history.iter().collect();
        ordered.sort_by_key(|trial| trial.number);
        for trial in ordered {
            if trial.state.says_nothing() {
                continue;
            }
            let point = space.point(&trial.assignment, || format!("trial {}", trial.number))?;
            evidence
                .seen
                .insert(space.key_of(&point, &trial.assignment));
            match merit(trial, history) {
                Some(merit) => {
                    evidence.points.push(point);
                    evidence.merits.push(merit);
                }
                None => evidence.running.push(point),
            }
        }
        for assignment in running {
            let point = space.point(assignment, || "a running trial".to_owned())?;
            if evidence.seen.insert(space.key_of(&point, assignment)) {
                evidence.running.push(point);
            }
        }
        Ok(evidence)
    }

    /// Whether a point was evaluated or is running.
    pub(crate) fn holds(
        &self,
        space: &Compiled,
        assignment: &Assignment,
    ) -> Result<bool, SuggestError> {
        let point = space.point(assignment, || "a forced first trial".to_owned())?;
        Ok(self.seen.contains(&space.key_of(&point, assignment)))
    }

    /// How many trials showed a value.
    pub(crate) fn measured(&self) -> usize {
        let measured = |merit: &&Merit| merit.value().is_some();
        self.merits.iter().filter(measured).count()
    }
}

/// `None` while a trial runs.
fn merit(trial: &Trial, history: &[Trial]) -> Option<Merit> {
    Some(match trial.state {
        TrialState::Running => return None,
        TrialState::Complete => match trial.value {
            Some(value) if value.is_finite() => Merit::Complete(value),
            _ => Merit::Infeasible,
        },
        TrialState::Pruned => match trial.last_shown() {
            Some((epoch, value)) => Merit::Pruned {
                epoch,
                value,
                estimate: expected_end(history, epoch, value),
            },
            None => Merit::Infeasible,
        },
        _ => Merit::Infeasible,
    })
}

/// Complete trials whose curves say how a pruned one might have ended.
const ALIKE: usize = 5;

/// Where a trial that showed `value` at `epoch` may be expected to end: as much lower as, by median, the complete trials whose
/// curves were nearest to it at that epoch; never below the best of all, since it was stopped for being worse. The value
/// itself where no complete trial tells.
fn expected_end(history: &[Trial], epoch: u32, value: f64) -> f64 {
    let mut alike: Vec<(f64, f64)> = Vec::new();
    let mut best = f64::INFINITY;
    for trial in history {
        let (TrialState::Complete, Some(end)) = (trial.state, trial.value) else {
            continue;
        };
        let then = trial.intermediate.iter().find(|(at, _)| *at == epoch);
        if let Some((_, then)) = then.filter(|(_, then)| then.is_finite() && end.is_finite()) {
            alike.push(((then - value).abs(), end - then));
            best = best.min(end);
        }
    }
    alike.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    alike.truncate(ALIKE);
    let mut changes: Vec<f64> = alike.into_iter().map(|(_, change)| change).collect();
    changes.sort_by(f64::total_cmp);
    changes
        .get(changes.len() / 2)
        .map_or(value, |change| (value + change).max(best))
}
