//! What a search has measured so far, as samplers see it: the merit of every point, and what still runs. It suggests nothing.

use std::collections::HashSet;

use xp_spec::space::Assignment;

use crate::{
    error::SuggestError,
    space::encoded::{EncodedSpace, Point},
    trial::{Trial, TrialState},
};

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
        space: &EncodedSpace,
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
        space: &EncodedSpace,
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
