//! What a search has measured so far, for samplers: the result at every point, and the points of running trials. It suggests
//! nothing.

use std::collections::HashSet;

use xp_spec::space::Assignment;

use crate::{
    error::SuggestError,
    space::encoded::{EncodedSpace, Point},
    trial::{Trial, TrialState},
};

/// The result of a trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Evaluation {
    /// Its objective.
    Complete(f64),
    /// The last step with a finite value, that value, and the extrapolated final value.
    Pruned {
        step: u32,
        value: f64,
        estimate: f64,
    },
    /// Worse than every value.
    Infeasible,
}

impl Evaluation {
    /// The objective, measured or extrapolated; `None` where nothing was measured.
    pub(crate) fn value(self) -> Option<f64> {
        match self {
            Self::Complete(value) => Some(value),
            Self::Pruned { estimate, .. } => Some(estimate),
            Self::Infeasible => None,
        }
    }
}

/// All that a sampler may use: finished trials in order of their numbers, and running ones.
pub(crate) struct Evaluations {
    pub(crate) points: Vec<Point>,
    pub(crate) results: Vec<Evaluation>,
    /// Points of running trials.
    pub(crate) pending: Vec<Point>,
    /// Keys of all points that must not be proposed again.
    pub(crate) seen: HashSet<Vec<u64>>,
}

impl Evaluations {
    pub(crate) fn collect(
        space: &EncodedSpace,
        history: &[Trial],
        running: &[Assignment],
    ) -> Result<Self, SuggestError> {
        let mut evaluations = Self {
            points: Vec::new(),
            results: Vec::new(),
            pending: Vec::new(),
            seen: HashSet::new(),
        };
        let mut ordered: Vec<&Trial> = history.iter().collect();
        ordered.sort_by_key(|trial| trial.number);
        for trial in ordered {
            if trial.state.is_uninformative() {
                continue;
            }
            let point = space.point(&trial.assignment, || format!("trial {}", trial.number))?;
            evaluations
                .seen
                .insert(space.key_of(&point, &trial.assignment));
            match evaluation(trial, history) {
                Some(result) => {
                    evaluations.points.push(point);
                    evaluations.results.push(result);
                }
                None => evaluations.pending.push(point),
            }
        }
        for assignment in running {
            let point = space.point(assignment, || "a running trial".to_owned())?;
            if evaluations.seen.insert(space.key_of(&point, assignment)) {
                evaluations.pending.push(point);
            }
        }
        Ok(evaluations)
    }

    /// Whether a point was evaluated or is running.
    pub(crate) fn contains(
        &self,
        space: &EncodedSpace,
        assignment: &Assignment,
    ) -> Result<bool, SuggestError> {
        let point = space.point(assignment, || "a forced first trial".to_owned())?;
        Ok(self.seen.contains(&space.key_of(&point, assignment)))
    }

    /// Number of trials with a value.
    pub(crate) fn measured_count(&self) -> usize {
        let measured = |result: &&Evaluation| result.value().is_some();
        self.results.iter().filter(measured).count()
    }
}

/// `None` while a trial runs.
fn evaluation(trial: &Trial, history: &[Trial]) -> Option<Evaluation> {
    Some(match trial.state {
        TrialState::Running => return None,
        TrialState::Complete => match trial.value {
            Some(value) if value.is_finite() => Evaluation::Complete(value),
            _ => Evaluation::Infeasible,
        },
        TrialState::Pruned => match trial.last_finite_value() {
            Some((step, value)) => Evaluation::Pruned {
                step,
                value,
                estimate: extrapolated(history, step, value),
            },
            None => Evaluation::Infeasible,
        },
        _ => Evaluation::Infeasible,
    })
}

/// Complete trials with similar curves from which a pruned one is extrapolated.
const NEIGHBOURS: usize = 5;

/// The final value that a trial pruned with `value` at `step` would be expected to reach: `value` plus the median change, from
/// that step to the end, of the complete trials that were nearest to it there; never below the best of all, since it was
/// pruned for being worse. `value` itself without complete trials.
fn extrapolated(history: &[Trial], step: u32, value: f64) -> f64 {
    let mut nearest: Vec<(f64, f64)> = Vec::new();
    let mut best = f64::INFINITY;
    for trial in history {
        let (TrialState::Complete, Some(end)) = (trial.state, trial.value) else {
            continue;
        };
        let finite = |value: &f64| value.is_finite() && end.is_finite();
        if let Some(then) = trial.value_until(step).filter(finite) {
            nearest.push(((then - value).abs(), end - then));
            best = best.min(end);
        }
    }
    nearest.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    nearest.truncate(NEIGHBOURS);
    let mut changes: Vec<f64> = nearest.into_iter().map(|(_, change)| change).collect();
    changes.sort_by(f64::total_cmp);
    changes
        .get(changes.len() / 2)
        .map_or(value, |change| (value + change).max(best))
}
