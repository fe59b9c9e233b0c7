//! Trials from start to end: started, reported, finished, resumed. It checks no process.

use rusqlite::{TransactionBehavior, params};
use serde_json::{Map, Value as Json, json};
use xp_spec::{space::Assignment, strategy::Strategy};

use crate::{
    study::{
        error::StudyError,
        keys::{OUTCOME, OWNER},
        observation::Observation,
        outcome::Outcome,
        parameters::stored_parameters,
        read::Sources,
        session::Study,
        sql,
        write::{end_trial, insert_trial, kind},
    },
    suggest::suggest,
    trial::TrialState,
    visibility::as_visible,
};

impl Study {
    /// Starts a trial at a point and returns its number.
    ///
    /// # Errors
    /// A point that is not one of the study's space is refused.
    pub fn start_trial(&mut self, assignment: &Assignment) -> Result<u32, StudyError> {
        let parameters = stored_parameters(&self.identity, assignment)?;
        let study_id = self.database.study_id;
        let (clock, owner) = (&self.clock, json!(self.owner).to_string());
        self.database.write(|transaction| {
            insert_trial(transaction, study_id, &parameters, clock, &owner, None)
        })
    }

    /// Asks the sampler for the next point and starts its trial in one transaction, so that no two workers of a study start
    /// the same point. It uses the trials that [`visibility`](crate::visibility) allows.
    pub fn start_suggested(
        &mut self,
        strategy: &Strategy,
        seed: u64,
        window: u32,
    ) -> Result<(u32, Assignment), StudyError> {
        let (study_id, path) = (self.database.study_id, &self.database.path);
        let failed = |source| StudyError::from_sqlite(path, source);
        let transaction = self
            .database
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        let sources = Sources {
            path,
            study_id,
            identity: &self.identity,
        };
        self.cache.refresh(&transaction, &sources)?;
        let number = self.cache.trials().len() as u32;
        let trials = as_visible(self.cache.trials(), number, window);
        let assignment = suggest(&self.identity.space, strategy, seed, number, &trials, &[])?;
        let parameters = stored_parameters(&self.identity, &assignment)?;
        let owner = json!(self.owner).to_string();
        let observation = json!(Observation::of(&trials)).to_string();
        let number = insert_trial(
            &transaction,
            study_id,
            &parameters,
            &self.clock,
            &owner,
            Some(&observation),
        )
        .and_then(|number| transaction.commit().map(|()| number))
        .map_err(failed)?;
        Ok((number, assignment))
    }

    /// Stores the objective at a step, in its own direction; any value, also NaN. Reporting a step again replaces it.
    pub fn report(&mut self, number: u32, step: u32, value: f64) -> Result<(), StudyError> {
        let trial_id = self.own_running(number)?;
        let (stored, kind) = kind(value);
        self.database.write(|transaction| {
            transaction
                .prepare_cached(sql::PUT_INTERMEDIATE)?
                .execute(params![trial_id, step, stored, kind])
        })?;
        Ok(())
    }

    /// Ends a running trial, with further attributes (curve, duration, parameter count, …). It is on the disk when this
    /// returns.
    pub fn finish(
        &mut self,
        number: u32,
        outcome: &Outcome,
        attributes: &Map<String, Json>,
    ) -> Result<(), StudyError> {
        let trial_id = self.own_running(number)?;
        self.end(trial_id, outcome, attributes)
    }

    fn end(
        &mut self,
        trial_id: i64,
        outcome: &Outcome,
        attributes: &Map<String, Json>,
    ) -> Result<(), StudyError> {
        let clock = &self.clock;
        self.database.synchronise(true)?;
        let ended = self
            .database
            .write(|transaction| end_trial(transaction, trial_id, clock, outcome, attributes));
        self.database.synchronise(false)?;
        ended
    }

    /// The id of a running trial of this process. While a process is suspended, another may take its trial over.
    fn own_running(&self, number: u32) -> Result<i64, StudyError> {
        let trial_id = self
            .database
            .trial_in(number, &[TrialState::Running], "running")?;
        match self.database.owner_of(trial_id)? {
            Some(owner) if owner != self.owner => Err(StudyError::WrongState {
                number,
                found: format!("taken over by process {}", owner.pid),
                needed: "this process's own",
            }),
            _ => Ok(trial_id),
        }
    }

    /// Resumes an interrupted or thermally aborted trial in this process: same number, point and curve.
    pub fn resume_trial(&mut self, number: u32) -> Result<Assignment, StudyError> {
        let allowed = [TrialState::Interrupted, TrialState::Thermal];
        let trial_id = self
            .database
            .trial_in(number, &allowed, "interrupted or thermal")?;
        let owner = json!(self.owner).to_string();
        self.database.write(|transaction| {
            transaction.execute(sql::RESTART_TRIAL, [trial_id])?;
            transaction.execute(sql::DELETE_ATTRIBUTE, params![trial_id, OUTCOME])?;
            transaction.execute(sql::PUT_SYSTEM_ATTRIBUTE, params![trial_id, OWNER, owner])
        })?;
        let trials = self.trials()?;
        let trial = trials.iter().find(|trial| trial.number == number);
        trial
            .map(|trial| trial.assignment.clone())
            .ok_or(StudyError::NoSuchTrial { number })
    }

    /// Ends a running trial of another process as `interrupted`: for a machine that is known to be down, or a worker that
    /// was just killed.
    pub fn interrupt(&mut self, number: u32) -> Result<(), StudyError> {
        let trial_id = self
            .database
            .trial_in(number, &[TrialState::Running], "running")?;
        self.end(trial_id, &Outcome::Interrupted, &Map::new())
    }
}
