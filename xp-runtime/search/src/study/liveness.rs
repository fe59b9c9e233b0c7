//! Signs of life of running trials, and what becomes of those whose process has died. It ends no process.

use rusqlite::params;

use crate::study::{error::StudyError, process::Life, session::Study, sql, time};

/// How long a trial of another machine may give no sign of life before it counts as dead; workers give one every half minute.
const SILENCE: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

impl Study {
    /// Says that this process's running trials are alive, in the table of Optuna's heartbeats; and ends trials whose process
    /// has died meanwhile.
    pub fn beat(&mut self) -> Result<(), StudyError> {
        let (mine, clock) = (&self.owner, &self.clock);
        let mut alive = Vec::new();
        for (trial_id, _) in self.database.running()? {
            if self.database.owner_of(trial_id)?.as_ref() == Some(mine) {
                alive.push(trial_id);
            }
        }
        self.database.write(|transaction| {
            let mut put = transaction.prepare_cached(sql::PUT_HEARTBEAT)?;
            for trial_id in &alive {
                put.execute(params![trial_id, time::now(clock)])?;
            }
            Ok(())
        })?;
        self.sort_out_running()
    }

    /// Ends the running trials whose process has died, and lists the others.
    pub(super) fn sort_out_running(&mut self) -> Result<(), StudyError> {
        self.opening.running_here.clear();
        self.opening.running_elsewhere.clear();
        for (trial_id, number) in self.database.running()? {
            match self
                .database
                .owner_of(trial_id)?
                .map(|owner| owner.life(&self.owner))
            {
                Some(Life::Alive) => self.opening.running_here.push(number),
                // A process of another machine cannot be asked, but it would have said that it lives.
                Some(Life::Elsewhere) if !self.has_been_silent(trial_id)? => {
                    self.opening.running_elsewhere.push(number);
                }
                Some(Life::Dead | Life::Elsewhere) => {
                    self.interrupt(number)?;
                    self.opening.interrupted.push(number);
                }
                None => self.opening.running_elsewhere.push(number),
            }
        }
        Ok(())
    }

    /// Whether a running trial has given no sign of life for five minutes; one whose times cannot be read has.
    pub fn is_silent(&self, number: u32) -> Result<bool, StudyError> {
        let (trial_id, _) = self.database.lookup(number)?;
        self.has_been_silent(trial_id)
    }

    fn has_been_silent(&self, trial_id: i64) -> Result<bool, StudyError> {
        let last = self.database.last_sign(trial_id)?;
        let last = last.and_then(|stored| time::parse(&stored));
        Ok(last.is_none_or(|last| self.clock.utc().naive_utc() - last > SILENCE))
    }
}
