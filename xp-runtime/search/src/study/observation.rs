//! The trials that a suggestion was based on, so that a trial of a parallel search is reproducible. It suggests nothing.

use serde::{Deserialize, Serialize};
use xp_spec::space::Assignment;

use crate::trial::{Trial, TrialState};

/// Numbers of the trials that a suggestion was based on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Observation {
    /// Finished trials, as ranges with both ends included.
    pub ended: Vec<(u32, u32)>,
    /// Running trials, of which only the points were used.
    pub running: Vec<u32>,
}

impl Observation {
    /// What a sampler observes of these trials now.
    pub fn of(trials: &[Trial]) -> Self {
        let mut observation = Self::default();
        for trial in trials {
            if trial.state == TrialState::Running {
                observation.running.push(trial.number);
            } else if !trial.state.is_uninformative() {
                match observation.ended.last_mut() {
                    Some((_, last)) if *last + 1 == trial.number => *last = trial.number,
                    _ => observation.ended.push((trial.number, trial.number)),
                }
            }
        }
        observation
    }

    /// The suggestion's arguments `history` and `running`, from the study's trials as they are now.
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
