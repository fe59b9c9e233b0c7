//! A cache of trials: those that cannot change any more are read once. It writes nothing.

use crate::{
    study::{
        connection::Connection,
        error::StudyError,
        identity::StudyIdentity,
        stored_trial::{rows_after, rows_of, trials_of},
    },
    trial::{Trial, TrialState},
};

/// Trials read so far, in order of their numbers.
#[derive(Default)]
pub(super) struct Cache {
    trials: Vec<Trial>,
    /// Their ids.
    ids: Vec<i64>,
    /// Positions of trials that may still change.
    open: Vec<usize>,
}

impl Cache {
    pub(super) fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// The id of a trial that was read before.
    pub(super) fn id(&self, number: u32) -> Option<i64> {
        self.ids.get(number as usize).copied()
    }

    /// Reads new trials and those that may have changed.
    pub(super) fn refresh(
        &mut self,
        connection: &dyn Connection,
        study_id: i64,
        identity: &StudyIdentity,
    ) -> Result<(), StudyError> {
        let open: Vec<i64> = self
            .open
            .iter()
            .filter_map(|position| self.ids.get(*position).copied())
            .collect();
        let mut rows = rows_of(connection, &open)?;
        let changed = rows.len();
        rows.extend(rows_after(
            connection,
            study_id,
            self.ids.last().copied().unwrap_or(-1),
        )?);
        let mut read = trials_of(connection, identity, &rows)?;
        let new = read.split_off(changed.min(read.len()));
        let mut still_open = Vec::new();
        for trial in read {
            let position = trial.number as usize;
            if may_change(trial.state) {
                still_open.push(position);
            }
            if let Some(known) = self.trials.get_mut(position) {
                *known = trial;
            }
        }
        for (trial, row) in new.into_iter().zip(rows.iter().skip(changed)) {
            let position = self.trials.len();
            if trial.number as usize != position {
                return Err(StudyError::UnreadableTrial {
                    number: trial.number,
                    reason: format!(
                        "it comes after {position} trials; numbers must be contiguous from 0"
                    ),
                });
            }
            if may_change(trial.state) {
                still_open.push(position);
            }
            self.trials.push(trial);
            self.ids.push(row.trial_id);
        }
        self.open = still_open;
        Ok(())
    }
}

/// Interrupted and thermal trials can be taken over.
fn may_change(state: TrialState) -> bool {
    state == TrialState::Running || state.is_uninformative()
}
