//! Trials from start to end: started, reported, finished, resumed. It checks no process.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use xp_spec::{space::Assignment, strategy::Strategy};

use crate::{
    study::{
        cache::Curves,
        connection::{Connection, Lock, values},
        database::{holder, require, running},
        error::StudyError,
        keys::{OUTCOME, OWNER},
        observation::Observation,
        outcome::Outcome,
        parameters::stored_parameters,
        process::Owner,
        session::Study,
        sql,
        time::now,
        write::{NewTrial, end_trial, insert_trial, kind, put_heartbeat},
    },
    suggest::suggest_with,
    trial::{Trial, TrialState},
    visibility::{Visibility, as_visible},
};

impl Study {
    /// Starts a trial at a point and returns its number.
    ///
    /// # Errors
    /// A point that is not one of the study's space is refused.
    pub fn start_trial(&mut self, assignment: &Assignment) -> Result<u32, StudyError> {
        let (number, _) = self.start(|_, _| Ok((assignment.clone(), None)))?;
        Ok(number)
    }

    /// Asks the sampler for the next point and starts its trial in one transaction, so that no two workers of a study start
    /// the same point. It uses the trials that `visibility` allows.
    ///
    /// # Errors
    /// [`StudyError::Enough`] where the study has as many trials as the visibility allows, running and interrupted ones too.
    pub fn start_suggested(
        &mut self,
        strategy: &Strategy,
        seed: u64,
        visibility: Visibility,
    ) -> Result<(u32, Assignment), StudyError> {
        let space = self.identity.space.clone();
        let others = self.report.running_in_other_programs.clone();
        let mut ended = std::mem::take(&mut self.ended);
        let started = self.start(|trials, number| {
            if let Visibility::All { most } = visibility {
                // What another program runs or has enqueued is its own to end.
                let taken = trials.iter().filter(|trial| {
                    trial.state != TrialState::Waiting && !others.contains(&trial.number)
                });
                let taken = taken.count() as u32;
                if taken >= most {
                    return Err(StudyError::Enough { trials: taken });
                }
            }
            let seen = as_visible(trials, number, visibility);
            let assignment = suggest_with(&mut ended, &space, strategy, seed, number, &seen, &[])?;
            Ok((assignment, Some(json!(Observation::of(&seen)))))
        });
        self.ended = ended;
        started
    }

    /// Starts the trial that is chosen for the trials so far and the next number, with what the choice was based on.
    fn start(
        &mut self,
        mut choose: impl FnMut(&[Trial], u32) -> Result<(Assignment, Option<Json>), StudyError>,
    ) -> Result<(u32, Assignment), StudyError> {
        let study_id = self.database.study_id;
        let (identity, cache, clock) = (&self.identity, &mut self.cache, &self.clock);
        let (own, mine) = (&self.owner, &self.mine);
        let owner = json!(own).to_string();
        let mut attempts = 0;
        let started = self.database.write(Lock::Study, |connection| {
            cache.refresh(connection, study_id, identity, Curves::Ended)?;
            attempts += 1;
            if attempts > 1
                && let Some(number) = lost(connection, study_id, own, mine)?
                && let Some(trial) = cache.trials().get(number as usize)
            {
                return Ok((number, trial.assignment.clone()));
            }
            let number = cache.trials().len() as u32;
            let (assignment, observation) = choose(cache.trials(), number)?;
            let trial = NewTrial {
                study_id,
                number,
                parameters: &stored_parameters(identity, &assignment)?,
                now: &now(clock),
                owner: &owner,
                observation,
            };
            insert_trial(connection, &trial)?;
            Ok((number, assignment))
        })?;
        self.mine.insert(started.0);
        Ok(started)
    }

    /// Stores the objective at a step, in its own direction; any value, also NaN. Reporting a step again replaces it.
    pub fn report(&mut self, number: u32, step: u32, value: f64) -> Result<(), StudyError> {
        let trial_id = self.id_of(number)?;
        let (own, clock) = (&self.owner, &self.clock);
        let text = json!(own).to_string();
        let (stored, kind) = kind(value);
        self.database.write(Lock::None, |connection| {
            let (state, holder) = holder(connection, number, trial_id)?;
            if is_own_again(state, holder.as_ref(), own) {
                restart(connection, trial_id, &text, &now(clock))?;
            } else {
                require_own(number, state, holder, own)?;
            }
            let row = values![trial_id, step, stored, kind];
            connection.execute(sql::PUT_INTERMEDIATE, row)
        })?;
        self.cache.reported(number, step);
        Ok(())
    }

    /// Ends a running trial, with further attributes (curve, duration, parameter count, …). It is on the disk when this
    /// returns.
    ///
    /// # Errors
    /// [`StudyError::TakenOver`] where another process goes on with the trial.
    pub fn finish(
        &mut self,
        number: u32,
        outcome: &Outcome,
        attributes: &Map<String, Json>,
    ) -> Result<(), StudyError> {
        let trial_id = self.id_of(number)?;
        let (own, clock) = (&self.owner, &self.clock);
        self.database.synchronise(true)?;
        let mut attempts = 0;
        let ended = self.database.write(Lock::None, |connection| {
            attempts += 1;
            let (state, holder) = holder(connection, number, trial_id)?;
            if attempts > 1 && state == outcome.state() && holder.as_ref() == Some(own) {
                return Ok(());
            }
            if !is_own_again(state, holder.as_ref(), own) {
                require_own(number, state, holder, own)?;
            }
            end_trial(connection, trial_id, &now(clock), outcome, attributes)
        });
        self.database.synchronise(false)?;
        ended?;
        self.mine.remove(&number);
        Ok(())
    }

    /// Resumes an interrupted or thermally aborted trial in this process: same number, point and curve.
    ///
    /// # Errors
    /// [`StudyError::WrongState`] where another process was faster.
    pub fn resume_trial(&mut self, number: u32) -> Result<Assignment, StudyError> {
        let trial_id = self.id_of(number)?;
        let (own, clock) = (&self.owner, &self.clock);
        let text = json!(own).to_string();
        let mut attempts = 0;
        self.database.write(Lock::Study, |connection| {
            attempts += 1;
            let (state, holder) = holder(connection, number, trial_id)?;
            if attempts > 1 && state == TrialState::Running && holder.as_ref() == Some(own) {
                return Ok(());
            }
            let allowed = [TrialState::Interrupted, TrialState::Thermal];
            require(number, state, &allowed, "interrupted or thermal")?;
            restart(connection, trial_id, &text, &now(clock))
        })?;
        self.mine.insert(number);
        let trials = self.trials()?;
        let trial = trials.iter().find(|trial| trial.number == number);
        trial
            .map(|trial| trial.assignment.clone())
            .ok_or(StudyError::NoSuchTrial { number })
    }

    /// Ends a running trial of another process as `interrupted`: for a machine that is known to be down, or a worker that
    /// was just killed.
    pub fn interrupt(&mut self, number: u32) -> Result<(), StudyError> {
        let trial_id = self.id_of(number)?;
        let clock = &self.clock;
        self.database.write(Lock::Study, |connection| {
            let (state, _) = holder(connection, number, trial_id)?;
            require(number, state, &[TrialState::Running], "running")?;
            let outcome = Outcome::Interrupted;
            end_trial(connection, trial_id, &now(clock), &outcome, &Map::new())
        })
    }
}

/// The trial that this process has started without being told so, since the server went away amid its answer.
fn lost(
    connection: &dyn Connection,
    study_id: i64,
    own: &Owner,
    known: &BTreeSet<u32>,
) -> Result<Option<u32>, StudyError> {
    let running = running(connection, study_id)?;
    let mut lost = running
        .into_iter()
        .filter(|trial| trial.owner.as_ref() == Some(own) && !known.contains(&trial.number));
    Ok(lost.next().map(|trial| trial.number))
}

/// Lets a trial that was cut off run in a process.
fn restart(
    connection: &dyn Connection,
    trial_id: i64,
    owner: &str,
    now: &str,
) -> Result<(), StudyError> {
    connection.execute(sql::RESTART_TRIAL, values![trial_id])?;
    connection.execute(sql::DELETE_ATTRIBUTE, values![trial_id, OUTCOME])?;
    connection.execute(sql::PUT_SYSTEM_ATTRIBUTE, values![trial_id, OWNER, owner])?;
    put_heartbeat(connection, trial_id, now)
}

/// Whether a trial of this process was taken for cut off, as of one that was not heard of for long, and nobody goes on with it.
fn is_own_again(state: TrialState, holder: Option<&Owner>, own: &Owner) -> bool {
    holder == Some(own) && matches!(state, TrialState::Interrupted | TrialState::Thermal)
}

/// Refuses a trial that does not run, or not in this process: while a process is suspended, another may take its trial over.
fn require_own(
    number: u32,
    state: TrialState,
    holder: Option<Owner>,
    own: &Owner,
) -> Result<(), StudyError> {
    match holder {
        Some(owner) if owner != *own => Err(StudyError::TakenOver {
            number,
            pid: owner.pid,
            host: owner.host.unwrap_or_else(|| "another host".to_owned()),
        }),
        _ => require(number, state, &[TrialState::Running], "running"),
    }
}
