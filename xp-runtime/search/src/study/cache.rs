//! A cache of trials: those that cannot change any more are read once. It writes nothing.

use std::collections::HashMap;

use crate::{
    study::{
        connection::Connection,
        error::StudyError,
        identity::StudyIdentity,
        stored_trial::{TrialRow, grown, rows_of, trials_of},
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
    /// Positions of trials of which this process has reported a step again.
    replaced: Vec<usize>,
}

/// Which curves are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curves {
    /// Those of trials that run, too.
    All,
    /// Those of trials that have ended: no suggestion uses others.
    Ended,
}

impl Cache {
    pub(super) fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// The id of a trial that was read before.
    pub(super) fn id(&self, number: u32) -> Option<i64> {
        self.ids.get(number as usize).copied()
    }

    /// This process reports a step of a trial.
    pub(super) fn reported(&mut self, number: u32, step: u32) {
        let position = number as usize;
        let known = self.trials.get(position);
        if known.is_some_and(|trial| last_step(trial) >= Some(step)) {
            self.replaced.push(position);
        }
    }

    /// Reads new trials and what may have changed. Of a trial that runs on, what has come to its curve; a step that another process reports
    /// again is seen when the trial ends.
    pub(super) fn refresh(
        &mut self,
        connection: &dyn Connection,
        study_id: i64,
        identity: &StudyIdentity,
        curves: Curves,
    ) -> Result<(), StudyError> {
        let open = self.open.iter();
        let open: Vec<i64> = open
            .filter_map(|position| self.ids.get(*position).copied())
            .collect();
        let last = self.ids.last().copied().unwrap_or(-1);
        let rows = rows_of(connection, study_id, &open, last)?;
        let (unchanged, changed): (Vec<TrialRow>, Vec<TrialRow>) = rows
            .into_iter()
            .partition(|row| self.runs_on(row, identity));
        let read = trials_of(connection, identity, &changed)?;
        if curves == Curves::All {
            self.grow(connection, identity, &unchanged)?;
        }
        let mut still_open: Vec<usize> = unchanged.iter().map(|row| row.number as usize).collect();
        for (trial, row) in read.into_iter().zip(&changed) {
            let position = trial.number as usize;
            if may_change(trial.state) {
                still_open.push(position);
            }
            self.put(trial, row.trial_id)?;
        }
        still_open.sort_unstable();
        self.open = still_open;
        self.replaced.clear();
        Ok(())
    }

    /// Whether a trial ran before and does now, with its whole point: another program stores one parameter after the other.
    fn runs_on(&self, row: &TrialRow, identity: &StudyIdentity) -> bool {
        let position = row.number as usize;
        let known = self.trials.get(position).filter(|trial| {
            trial.state == TrialState::Running
                && trial.assignment.len() == identity.space.parameters.len()
        });
        known.is_some() && row.is_running() && !self.replaced.contains(&position)
    }

    /// Reads what has come to the curves of trials.
    fn grow(
        &mut self,
        connection: &dyn Connection,
        identity: &StudyIdentity,
        rows: &[TrialRow],
    ) -> Result<(), StudyError> {
        let ids: Vec<i64> = rows.iter().map(|row| row.trial_id).collect();
        let step = |row: &TrialRow| {
            let known = self.trials.get(row.number as usize).and_then(last_step);
            known.map_or(i64::from(i32::MIN), i64::from)
        };
        let steps: Vec<i64> = rows.iter().map(step).collect();
        let positions = rows.iter().map(|row| (row.trial_id, row.number as usize));
        let positions: HashMap<i64, usize> = positions.collect();
        for grown in grown(connection, identity, &ids, &steps)? {
            let position = positions.get(&grown.trial_id);
            if let Some(trial) = position.and_then(|position| self.trials.get_mut(*position)) {
                trial.intermediate.push((grown.step, grown.value));
            }
        }
        Ok(())
    }

    /// Puts a trial that was read in its place.
    fn put(&mut self, trial: Trial, trial_id: i64) -> Result<(), StudyError> {
        let (position, count) = (trial.number as usize, self.trials.len());
        if let Some(known) = self.trials.get_mut(position)
            && self.ids.get(position) == Some(&trial_id)
        {
            *known = trial;
            return Ok(());
        }
        if position != count {
            return Err(StudyError::UnreadableTrial {
                number: trial.number,
                reason: format!("it comes after {count} trials; numbers must be contiguous from 0"),
            });
        }
        self.trials.push(trial);
        self.ids.push(trial_id);
        Ok(())
    }
}

/// The last step of a trial that is known.
fn last_step(trial: &Trial) -> Option<u32> {
    trial.intermediate.last().map(|(step, _)| *step)
}

/// Interrupted and thermal trials can be taken over.
fn may_change(state: TrialState) -> bool {
    state == TrialState::Running || state.is_uninformative()
}
