//! A search space compiled for samplers: points as coordinates, and back to values by name. It samples nothing.

use xp_spec::space::{Assignment, SearchSpace};

use crate::{
    axis::{Axis, Kind},
    suggest::SuggestError,
    trial::Trial,
};

/// A point of a search space: one coordinate per axis (see [`crate::axis`]).
pub(crate) type Point = Vec<f64>;

/// All axes of a search space, in its order.
pub(crate) struct Compiled {
    pub(crate) axes: Vec<Axis>,
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
        Ok(Self { axes })
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

    /// The point of an assignment that was made in this space.
    pub(crate) fn point(
        &self,
        assignment: &Assignment,
        whose: &str,
    ) -> Result<Point, SuggestError> {
        let foreign = |reason: String| SuggestError::ForeignTrial {
            trial: whose.to_owned(),
            reason,
        };
        if let Some(unknown) = assignment
            .keys()
            .find(|name| self.axes.iter().all(|axis| axis.name != **name))
        {
            return Err(foreign(format!("`{unknown}` is not searched")));
        }
        self.axes
            .iter()
            .map(|axis| {
                let value = assignment
                    .get(&axis.name)
                    .ok_or_else(|| foreign(format!("`{}` is missing", axis.name)))?;
                axis.coordinate(value).ok_or_else(|| {
                    foreign(format!(
                        "{value:?} lies outside the domain of `{}`",
                        axis.name
                    ))
                })
            })
            .collect()
    }

    /// What makes two points the same: levels and the bits of real values.
    pub(crate) fn key(&self, point: &[f64]) -> Vec<u64> {
        self.axes
            .iter()
            .zip(point)
            .map(
                |(axis, coordinate)| match (&axis.kind, axis.value(*coordinate)) {
                    (Kind::Real { .. }, xp_spec::space::Value::Float(value)) => {
                        (value + 0.0).to_bits()
                    }
                    _ => *coordinate as u64,
                },
            )
            .collect()
    }
}

/// What a trial taught about its point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Merit {
    /// Its value.
    Complete(f64),
    /// The last epoch that it reached and the value it showed there.
    Pruned { epoch: u32, value: f64 },
    /// Worse than every value.
    Infeasible,
}

impl Merit {
    /// What was measured, if anything.
    pub(crate) fn value(self) -> Option<f64> {
        match self {
            Self::Complete(value) | Self::Pruned { value, .. } => Some(value),
            Self::Infeasible => None,
        }
    }
}

/// Everything that a sampler may learn from: what ended, in order of trial numbers, and what still runs.
pub(crate) struct Evidence {
    pub(crate) points: Vec<Point>,
    pub(crate) merits: Vec<Merit>,
    pub(crate) running: Vec<Point>,
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
        };
        let mut ordered: Vec<&Trial> = history.iter().collect();
        ordered.sort_by_key(|trial| trial.number);
        for trial in ordered {
            if trial.state.says_nothing() {
                continue;
            }
            let point = space.point(&trial.assignment, &format!("trial {}", trial.number))?;
            match merit(trial) {
                Some(merit) => {
                    evidence.points.push(point);
                    evidence.merits.push(merit);
                }
                None => evidence.running.push(point),
            }
        }
        for assignment in running {
            let point = space.point(assignment, "a running trial")?;
            if !evidence.running.contains(&point) {
                evidence.running.push(point);
            }
        }
        Ok(evidence)
    }

    /// All points that must not be proposed again.
    pub(crate) fn seen(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().chain(&self.running)
    }

    /// How many trials showed a value.
    pub(crate) fn measured(&self) -> usize {
        let measured = |merit: &&Merit| merit.value().is_some();
        self.merits.iter().filter(measured).count()
    }

    /// Whether any trial was pruned.
    pub(crate) fn any_pruned(&self) -> bool {
        let pruned = |merit: &Merit| matches!(merit, Merit::Pruned { .. });
        self.merits.iter().any(pruned)
    }
}

/// `None` while a trial runs.
fn merit(trial: &Trial) -> Option<Merit> {
    use crate::trial::TrialState;
    Some(match trial.state {
        TrialState::Running => return None,
        TrialState::Complete => match trial.value {
            Some(value) if value.is_finite() => Merit::Complete(value),
            _ => Merit::Infeasible,
        },
        TrialState::Pruned => match trial.last_shown() {
            Some((epoch, value)) => Merit::Pruned { epoch, value },
            None => Merit::Infeasible,
        },
        _ => Merit::Infeasible,
    })
}
