//! A cache of trials: those that cannot change any more are read once. It writes nothing.

use rusqlite::{Connection, params};

use crate::{
    study::{
        error::StudyError,
        read::{Sources, lookup, read, state},
        sql,
    },
    trial::{Trial, TrialState},
};

/// Trials read so far.
#[derive(Default)]
pub(super) struct Cache {
    trials: Vec<Trial>,
    /// Positions and ids of trials that may still change.
    open: Vec<(usize, i64)>,
}

impl Cache {
    pub(super) fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// Reads new trials and those that may have changed.
    pub(super) fn refresh(
        &mut self,
        connection: &Connection,
        sources: &Sources<'_>,
    ) -> Result<(), StudyError> {
        let failed = |source| StudyError::from_sqlite(sources.path, source);
        for (position, trial_id) in std::mem::take(&mut self.open) {
            let Some(trial) = self.trials.get_mut(position) else {
                continue;
            };
            let (_, state) = lookup(connection, sources.study_id, trial.number)
                .map_err(failed)?
                .ok_or(StudyError::NoSuchTrial {
                    number: trial.number,
                })?;
            *trial = read(connection, sources, trial_id, trial.number, state)?;
            if may_change(state) {
                self.open.push((position, trial_id));
            }
        }
        let list = || -> rusqlite::Result<Vec<(i64, u32, String)>> {
            let mut statement = connection.prepare_cached(sql::SELECT_TRIALS)?;
            let from = self.trials.last().map_or(0, |trial| trial.number + 1);
            statement
                .query_map(params![sources.study_id, from], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect()
        };
        for (trial_id, number, word) in list().map_err(failed)? {
            let state = state(connection, trial_id, &word).map_err(failed)?;
            let trial = read(connection, sources, trial_id, number, state)?;
            if may_change(state) {
                self.open.push((self.trials.len(), trial_id));
            }
            self.trials.push(trial);
        }
        Ok(())
    }
}

/// Interrupted and thermal trials can be taken over.
fn may_change(state: TrialState) -> bool {
    state == TrialState::Running || state.is_uninformative()
}
