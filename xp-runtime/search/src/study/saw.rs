//! What a suggestion knew when it was made, so that a trial of a parallel search is itself reproducible. It suggests nothing.

use serde::{Deserialize, Serialize};
use xp_spec::space::Assignment;

use crate::trial::{Trial, TrialState};

/// Numbers of the trials that a suggestion learnt from, and of those of which it knew the points.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Saw {
    /// Trials that had ended, as ranges with both ends included.
    pub ended: Vec<(u32, u32)>,
    /// Trials of which only the points were known.
    pub running: Vec<u32>,
}

impl Saw {
    /// What these trials tell a sampler now.
    pub fn of(trials: &[Trial]) -> Self {
        let mut saw = Self::default();
        for trial in trials {
            if trial.state == TrialState::Running {
                saw.running.push(trial.number);
            } else if !trial.state.says_nothing() {
                match saw.ended.last_mut() {
                    Some((_, last)) if *last + 1 == trial.number => *last = trial.number,
                    _ => saw.ended.push((trial.number, trial.number)),
                }
            }
        }
        saw
    }

    /// The history and the running points that the suggestion was made from, out of the study as it is now.
    pub fn arguments(&self, trials: &[Trial]) -> (Vec<Trial>, Vec<Assignment>) {
        let ended = |trial: &&Trial| {
            let within = |(first, last): &(u32, u32)| (*first..=*last).contains(&trial.number);
            self.ended.iter().any(within)
        };
        let running = |trial: &&Trial| self.running.contains(&trial.number);
        (
            trials.iter().filter(ended).cloned().collect(),
            trials
                .iter()
                .filter(running)
                .map(|trial| trial.assignment.clone())
                .collect(),
        )
    }
}
