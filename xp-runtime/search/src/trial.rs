//! A trial: state, point, value and learning curve. It stores nothing and decides nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xp_spec::space::Assignment;

/// The state of a trial. Kinds of failure are distinguished (F30, F33).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialState {
    /// Enqueued by another program, not started.
    Waiting,
    /// Started, not finished.
    Running,
    /// Finished with a finite value.
    Complete,
    /// Stopped early because its curve was worse than others'.
    Pruned,
    /// Ended by an error.
    Failed,
    /// The objective or the loss was not finite.
    Nan,
    /// Memory did not suffice, or the kernel killed its process.
    OutOfMemory,
    /// Exceeded its own time limit.
    TimedOut,
    /// Ended by the thermal guard.
    Thermal,
    /// Its process ended before the trial finished: a signal, a crash, a power cut.
    Interrupted,
}

impl TrialState {
    /// All states, in the order in which reports list them.
    pub const ALL: [Self; 10] = [
        Self::Complete,
        Self::Pruned,
        Self::Running,
        Self::Waiting,
        Self::Failed,
        Self::Nan,
        Self::OutOfMemory,
        Self::TimedOut,
        Self::Thermal,
        Self::Interrupted,
    ];

    /// The name used in studies and files, such as `out_of_memory`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Pruned => "pruned",
            Self::Failed => "failed",
            Self::Nan => "nan",
            Self::OutOfMemory => "out_of_memory",
            Self::TimedOut => "timed_out",
            Self::Thermal => "thermal",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the point itself is at fault, so that samplers must rank it behind every value. A thermal abort or an
    /// interruption has its cause in the machine.
    pub fn is_infeasible(self) -> bool {
        matches!(
            self,
            Self::Failed | Self::Nan | Self::OutOfMemory | Self::TimedOut
        )
    }

    /// Whether the trial has no result that depends on its point: samplers ignore it, and the point may be proposed again.
    pub fn is_uninformative(self) -> bool {
        matches!(self, Self::Waiting | Self::Thermal | Self::Interrupted)
    }
}

impl std::fmt::Display for TrialState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// One trial of a study. Lower values are better, always.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Position in the study, from 0, without gaps.
    pub number: u32,
    /// Its state.
    pub state: TrialState,
    /// Its point in the search space.
    pub assignment: Assignment,
    /// The objective; of a pruned trial its last finite intermediate value.
    pub value: Option<f64>,
    /// Objective at each evaluation: (optimizer step, value), steps ascending. Values may be NaN or infinite.
    pub intermediate: Vec<(u32, f64)>,
}

impl Trial {
    /// The value of the last evaluation up to `step`, of a trial that came so far: trials are evaluated at their own distances.
    pub fn value_until(&self, step: u32) -> Option<f64> {
        let beyond = self.intermediate.iter().any(|(at, _)| *at >= step);
        self.intermediate
            .iter()
            .rev()
            .find(|(at, _)| *at <= step)
            .filter(|_| beyond)
            .map(|(_, value)| *value)
    }

    /// The last finite value of the learning curve with its step.
    pub fn last_finite_value(&self) -> Option<(u32, f64)> {
        self.intermediate
            .iter()
            .rev()
            .find(|(_, value)| value.is_finite())
            .copied()
    }
}

/// The complete trial with the lowest finite value; the earliest of equals.
pub fn best(trials: &[Trial]) -> Option<&Trial> {
    let rank = |trial: &&Trial| (trial.value.unwrap_or(f64::INFINITY), trial.number);
    trials
        .iter()
        .filter(|trial| trial.state == TrialState::Complete)
        .filter(|trial| trial.value.is_some_and(f64::is_finite))
        .min_by(|a, b| {
            let (a, b) = (rank(a), rank(b));
            a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
        })
}

/// How many trials are in each state; states without a trial are absent.
pub fn counts(trials: &[Trial]) -> BTreeMap<TrialState, usize> {
    let mut counts = BTreeMap::new();
    for trial in trials {
        *counts.entry(trial.state).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(number: u32, state: TrialState, value: Option<f64>) -> Trial {
        Trial {
            number,
            state,
            assignment: Assignment::new(),
            value,
            intermediate: vec![(1, 0.5), (2, f64::NAN)],
        }
    }

    #[test]
    fn best_is_the_lowest_complete_value() {
        let trials = [
            trial(0, TrialState::Complete, Some(0.7)),
            trial(1, TrialState::Pruned, Some(0.1)),
            trial(2, TrialState::Complete, Some(0.3)),
            trial(3, TrialState::Complete, Some(0.3)),
            trial(4, TrialState::Complete, Some(f64::NAN)),
            trial(5, TrialState::Nan, None),
        ];
        assert_eq!(best(&trials).map(|trial| trial.number), Some(2));
        assert_eq!(best(&trials[4..]), None);
        assert_eq!(trials[0].last_finite_value(), Some((1, 0.5)));
        assert_eq!(trials[0].value_until(1), Some(0.5));
        assert_eq!(trials[0].value_until(3), None, "it did not come so far");
        let counts = counts(&trials);
        assert_eq!(counts.get(&TrialState::Complete), Some(&4));
        assert_eq!(counts.get(&TrialState::Thermal), None);
    }

    #[test]
    fn names_of_states_are_read_back() {
        for state in TrialState::ALL {
            assert_eq!(TrialState::from_name(state.name()), Some(state));
        }
        assert_eq!(TrialState::from_name("FAIL"), None);
    }
}
