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
    /// The last step with a finite value, and that value.
    Pruned { step: u32, value: f64 },
    /// Worse than every value.
    Infeasible,
}

/// Results of trials that have ended, in order of their numbers. They do not change any more, so that a study encodes each once.
#[derive(Default)]
pub(crate) struct Ended {
    numbers: Vec<u32>,
    points: Vec<Point>,
    results: Vec<Evaluation>,
    /// Keys of their points.
    keys: HashSet<Vec<u64>>,
}

impl Ended {
    /// Adds what has ended since; begins anew where these are not the trials of before.
    fn learn(&mut self, space: &EncodedSpace, history: &[Trial]) -> Result<(), SuggestError> {
        if self.added(space, history)? != self.numbers.len() {
            *self = Self::default();
            self.added(space, history)?;
        }
        Ok(())
    }

    /// Adds those that are new; the number of all that have ended.
    fn added(&mut self, space: &EncodedSpace, history: &[Trial]) -> Result<usize, SuggestError> {
        let mut count = 0;
        for trial in history {
            let Some(result) = evaluation(trial) else {
                continue;
            };
            if result == Evaluation::Infeasible && space.is_partial(&trial.assignment) {
                continue;
            }
            // Both are in order, but for a trial that has ended late.
            let at = count;
            count += 1;
            if self.numbers.get(at) == Some(&trial.number) {
                continue;
            }
            if let Err(at) = self.numbers.binary_search(&trial.number) {
                let point = space.point(&trial.assignment, || format!("trial {}", trial.number))?;
                self.keys.insert(space.key_of(&point, &trial.assignment));
                self.numbers.insert(at, trial.number);
                self.points.insert(at, point);
                self.results.insert(at, result);
            }
        }
        Ok(count)
    }
}

/// All that a sampler may use: finished trials in order of their numbers, and running ones.
pub(crate) struct Evaluations<'a> {
    /// The trials, for their curves.
    history: &'a [Trial],
    pub(crate) points: &'a [Point],
    pub(crate) results: &'a [Evaluation],
    /// Points of running trials.
    pub(crate) pending: Vec<Point>,
    ended: &'a HashSet<Vec<u64>>,
    /// Keys of running trials where no trial has ended.
    running: HashSet<Vec<u64>>,
}

impl<'a> Evaluations<'a> {
    /// What is known of these trials, with what `ended` knew before.
    pub(crate) fn collect(
        space: &EncodedSpace,
        ended: &'a mut Ended,
        history: &'a [Trial],
        running: &[Assignment],
    ) -> Result<Self, SuggestError> {
        ended.learn(space, history)?;
        let mut evaluations = Self {
            history,
            points: &ended.points,
            results: &ended.results,
            pending: Vec::new(),
            ended: &ended.keys,
            running: HashSet::new(),
        };
        // Another program gives a trial its parameters one after the other.
        let is_running = |trial: &&Trial| {
            trial.state == TrialState::Running && !space.is_partial(&trial.assignment)
        };
        let mut ordered: Vec<&Trial> = history.iter().filter(is_running).collect();
        ordered.sort_by_key(|trial| trial.number);
        for trial in ordered {
            let point = space.point(&trial.assignment, || format!("trial {}", trial.number))?;
            evaluations.runs(space.key_of(&point, &trial.assignment));
            evaluations.pending.push(point);
        }
        for assignment in running {
            let point = space.point(assignment, || "a running trial".to_owned())?;
            if evaluations.runs(space.key_of(&point, assignment)) {
                evaluations.pending.push(point);
            }
        }
        Ok(evaluations)
    }

    /// Notes the key of a running trial; whether it is the first there.
    fn runs(&mut self, key: Vec<u64>) -> bool {
        !self.ended.contains(&key) && self.running.insert(key)
    }

    /// Whether the point of a key must not be proposed again.
    pub(crate) fn has_seen(&self, key: &[u64]) -> bool {
        self.ended.contains(key) || self.running.contains(key)
    }

    /// Number of different points that were evaluated or are running.
    pub(crate) fn seen(&self) -> u64 {
        (self.ended.len() + self.running.len()) as u64
    }

    /// Whether a point was evaluated or is running.
    pub(crate) fn contains(
        &self,
        space: &EncodedSpace,
        assignment: &Assignment,
    ) -> Result<bool, SuggestError> {
        let point = space.point(assignment, || "a forced first trial".to_owned())?;
        Ok(self.has_seen(&space.key_of(&point, assignment)))
    }

    /// Number of trials with a value.
    pub(crate) fn measured_count(&self) -> usize {
        let measured = |result: &&Evaluation| **result != Evaluation::Infeasible;
        self.results.iter().filter(measured).count()
    }

    /// The objective of each result, measured or extrapolated; `None` where nothing was measured. Each pruned trial is compared with all
    /// complete ones, so that this is for models of few trials.
    pub(crate) fn values(&self) -> Vec<Option<f64>> {
        let value = |result: &Evaluation| match *result {
            Evaluation::Complete(value) => Some(value),
            Evaluation::Pruned { step, value } => Some(extrapolated(self.history, step, value)),
            Evaluation::Infeasible => None,
        };
        self.results.iter().map(value).collect()
    }
}

/// `None` while a trial runs, and where its end tells nothing of its point.
fn evaluation(trial: &Trial) -> Option<Evaluation> {
    Some(match trial.state {
        TrialState::Running => return None,
        state if state.is_uninformative() => return None,
        TrialState::Complete => match trial.value {
            Some(value) if value.is_finite() => Evaluation::Complete(value),
            _ => Evaluation::Infeasible,
        },
        TrialState::Pruned => match trial.last_finite_value() {
            Some((step, value)) => Evaluation::Pruned { step, value },
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
