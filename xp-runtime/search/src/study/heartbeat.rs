//! Heartbeats of running trials, and trials whose process has exited. It ends no process.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, json};

use crate::study::{
    connection::{Lock, first, values},
    database::{Running, holder, running},
    error::StudyError,
    keys::LOST,
    outcome::Outcome,
    process::Liveness,
    session::Study,
    sql,
    time::{self, now},
    write::{end_trial, put_heartbeat},
};
use crate::trial::TrialState;

/// Age of the last heartbeat beyond which a trial of another machine counts as interrupted; workers send one every half minute.
const TIMEOUT: chrono::TimeDelta = chrono::TimeDelta::minutes(5);
/// How long a heartbeat must not have come, by this machine's monotonic clock, before its age counts: clocks of machines differ and are set.
const SILENCE: Duration = Duration::from_secs(90);
/// How long one must not have come for its age not to matter.
const LONG_SILENCE: Duration = Duration::from_secs(5 * 60);
/// How often the process of a trial may die before the trial counts as failed: on a cluster it would end one worker after the other.
const MAX_LOST: u32 = 5;

impl Study {
    /// Writes a heartbeat of each running trial of this process, in Optuna's table, and interrupts trials whose process has
    /// exited meanwhile. Returns trials of this process that another has taken over, since no heartbeat had come for too long.
    pub fn heartbeat(&mut self) -> Result<Vec<u32>, StudyError> {
        let (study_id, own, clock) = (self.database.study_id, &self.owner, &self.clock);
        let mine = &self.mine;
        let (running, taken_over) = self.database.write(Lock::None, |connection| {
            let running = running(connection, study_id)?;
            let mut taken_over = Vec::new();
            for trial in &running {
                if trial.owner.as_ref() == Some(own) {
                    put_heartbeat(connection, trial.trial_id, &now(clock))?;
                } else if mine.contains(&trial.number) {
                    taken_over.push(trial.number);
                }
            }
            Ok((running, taken_over))
        })?;
        self.interrupt_orphans_of(running)?;
        Ok(taken_over)
    }

    /// Interrupts the running trials whose process has exited, and lists the others.
    pub(super) fn interrupt_orphans(&mut self) -> Result<(), StudyError> {
        let running = self.database.running()?;
        self.interrupt_orphans_of(running)
    }

    /// The same, of trials that were just read.
    fn interrupt_orphans_of(&mut self, running: Vec<Running>) -> Result<(), StudyError> {
        self.report.running_locally.clear();
        self.report.running_remotely.clear();
        self.report.running_in_other_programs.clear();
        // Where this process has not looked for long, nor could it: the server was away for all others, too.
        if self.database.heartbeat_age().is_some() {
            self.heartbeats.forget_after(SILENCE, self.clock.now());
        }
        for trial in running {
            let liveness = trial
                .owner
                .as_ref()
                .map(|owner| owner.liveness(&self.owner));
            match liveness {
                Some(Liveness::Alive) => self.report.running_locally.push(trial.number),
                // A file is on a machine that was started again; of a server's clients another may have the same name.
                Some(Liveness::Restarted) if trial.age.is_none() => self.lose(&trial)?,
                // A process of another machine cannot be checked from here, but it would have sent heartbeats.
                Some(Liveness::Remote | Liveness::Restarted) if !self.is_silent(&trial) => {
                    self.report.running_remotely.push(trial.number);
                }
                Some(_) => self.lose(&trial)?,
                None => {
                    self.report.running_remotely.push(trial.number);
                    self.report.running_in_other_programs.push(trial.number);
                }
            }
        }
        Ok(())
    }

    /// Interrupts the trial of a process that is gone, so that another goes on with it, unless somebody was faster. Where many machines share a
    /// study, a trial whose process has died again and again counts as failed.
    fn lose(&mut self, trial: &Running) -> Result<(), StudyError> {
        let clock = &self.clock;
        let is_shared = self.database.heartbeat_age().is_some();
        let lost = self.database.write(Lock::Study, |connection| {
            let (state, owner) = holder(connection, trial.number, trial.trial_id)?;
            if state != TrialState::Running || owner != trial.owner {
                return Ok(false);
            }
            let key = values![trial.trial_id, LOST];
            let row = first(connection, sql::SELECT_SYSTEM_ATTRIBUTE, key)?;
            let text: Option<String> = row.map(|row| row.get(0)).transpose()?;
            let before: u32 = text.and_then(|text| text.parse().ok()).unwrap_or(0);
            let times = json!(before + 1).to_string();
            let row = values![trial.trial_id, LOST, &times];
            connection.execute(sql::PUT_SYSTEM_ATTRIBUTE, row)?;
            let outcome = if is_shared && before >= MAX_LOST {
                Outcome::Failed {
                    message: format!("its process has died or fallen silent {times} times"),
                }
            } else {
                Outcome::Interrupted
            };
            end_trial(
                connection,
                trial.trial_id,
                &now(clock),
                &outcome,
                &Map::new(),
            )?;
            Ok(true)
        })?;
        if lost {
            self.report.interrupted.push(trial.number);
        }
        Ok(())
    }

    /// Whether a trial of another machine has fallen silent: no heartbeat has come while this process looked. Of a server, its own clock must
    /// say so, too. Times of a file decide only where no heartbeat has come meanwhile: a clock that is set forward by an hour interrupts no trial
    /// that is alive, and one that is set back keeps none that is not.
    fn is_silent(&mut self, trial: &Running) -> bool {
        let silence =
            self.heartbeats
                .silence(trial.trial_id, trial.heartbeat.clone(), self.clock.now());
        match trial.age {
            Some(_) => silence > SILENCE && self.is_old(trial),
            None => silence > LONG_SILENCE || silence > SILENCE && self.is_old(trial),
        }
    }

    /// Whether the last heartbeat of a running trial is older than five minutes; also where its times cannot be read.
    pub fn heartbeat_expired(&mut self, number: u32) -> Result<bool, StudyError> {
        let all = self.database.running()?;
        let trial = all.iter().find(|trial| trial.number == number);
        Ok(trial.is_none_or(|trial| self.is_old(trial)))
    }

    /// Seconds since the last heartbeat of each running trial, by the clock of a server; none for those of a file.
    pub fn heartbeat_ages(&mut self) -> Result<BTreeMap<u32, f64>, StudyError> {
        let all = self.database.running()?;
        Ok(all
            .iter()
            .filter_map(|trial| Some((trial.number, trial.age?)))
            .collect())
    }

    /// Whether the last heartbeat is older than five minutes: by the clock of the server, or else by this machine's.
    fn is_old(&self, trial: &Running) -> bool {
        if let Some(age) = trial.age {
            return age > TIMEOUT.as_seconds_f64();
        }
        let last = trial.heartbeat.as_deref().and_then(time::parse);
        last.is_none_or(|last| self.clock.utc().naive_utc() - last > TIMEOUT)
    }
}
