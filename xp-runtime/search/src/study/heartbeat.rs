//! Heartbeats of running trials, and trials whose process has exited. It ends no process.

use std::time::Duration;

use rusqlite::params;

use crate::study::{error::StudyError, process::Liveness, session::Study, sql, time};

/// Age of the last heartbeat beyond which a trial of another machine counts as interrupted; workers send one every half minute.
const TIMEOUT: chrono::TimeDelta = chrono::TimeDelta::minutes(5);
/// How long a heartbeat must not have come, by this machine's monotonic clock, before its age counts: clocks of machines differ and are set.
const SILENCE: Duration = Duration::from_secs(90);
/// How long one must not have come for its age not to matter.
const LONG_SILENCE: Duration = Duration::from_secs(5 * 60);

impl Study {
    /// Writes a heartbeat of each running trial of this process, in Optuna's table, and interrupts trials whose process has
    /// exited meanwhile.
    pub fn heartbeat(&mut self) -> Result<(), StudyError> {
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
        self.interrupt_orphans()
    }

    /// Interrupts the running trials whose process has exited, and lists the others.
    pub(super) fn interrupt_orphans(&mut self) -> Result<(), StudyError> {
        self.report.running_locally.clear();
        self.report.running_remotely.clear();
        for (trial_id, number) in self.database.running()? {
            match self
                .database
                .owner_of(trial_id)?
                .map(|owner| owner.liveness(&self.owner))
            {
                Some(Liveness::Alive) => self.report.running_locally.push(number),
                // A process of another machine cannot be checked from here, but it would have sent heartbeats.
                Some(Liveness::Remote) if !self.is_silent(trial_id)? => {
                    self.report.running_remotely.push(number);
                }
                Some(Liveness::Exited | Liveness::Remote) => {
                    self.interrupt(number)?;
                    self.report.interrupted.push(number);
                }
                None => self.report.running_remotely.push(number),
            }
        }
        Ok(())
    }

    /// Whether a trial of another machine has fallen silent. Times of the file decide only where no heartbeat has come meanwhile: a clock that is
    /// set forward by an hour interrupts no trial that is alive, and one that is set back keeps none that is not.
    fn is_silent(&mut self, trial_id: i64) -> Result<bool, StudyError> {
        let last = self.database.last_heartbeat(trial_id)?;
        let silence = self.heartbeats.silence(trial_id, last, self.clock.now());
        Ok(silence > LONG_SILENCE || silence > SILENCE && self.expired(trial_id)?)
    }

    /// Whether the last heartbeat of a running trial is older than five minutes; also where its times cannot be read.
    pub fn heartbeat_expired(&self, number: u32) -> Result<bool, StudyError> {
        let (trial_id, _) = self.database.lookup(number)?;
        self.expired(trial_id)
    }

    fn expired(&self, trial_id: i64) -> Result<bool, StudyError> {
        let last = self.database.last_heartbeat(trial_id)?;
        let last = last.and_then(|stored| time::parse(&stored));
        Ok(last.is_none_or(|last| self.clock.utc().naive_utc() - last > TIMEOUT))
    }
}
