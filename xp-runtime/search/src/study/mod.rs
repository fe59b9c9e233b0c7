//! The durable study: one SQLite file with Optuna 5's schema, so that Optuna and optuna-dashboard open it. It suggests and
//! prunes nothing by itself.
//!
//! **Durability.** Write-ahead log. What a trial reports is committed at once, so a killed process loses nothing; the log is
//! synchronised to the disk when a trial ends, so a power cut loses at most what trials that still ran had reported. Never
//! put a study on NFS: SQLite's locks do not hold there.
//!
//! **Orientation.** Values go in as the objective has them; [`Trial`]s come out minimised (see [`Direction::minimised`]).

mod adopt;
mod distribution;
mod error;
mod identity;
mod open;
mod outcome;
mod process;
mod read;
mod saw;
mod sql;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::{Map, Value as Json, json};
use xp_spec::{
    space::{Assignment, Domain},
    strategy::Strategy,
};

pub use adopt::Adopted;
pub use error::StudyError;
pub use identity::{Direction, StudyIdentity, changes, difference as space_changes};
pub use outcome::Outcome;
pub use process::{Life, Owner};
pub use saw::Saw;

use crate::{
    order::as_known,
    suggest::suggest,
    trial::{Trial, TrialState},
};

/// User attribute that names the state of a trial where Optuna's five states do not.
const OUTCOME: &str = "outcome";
/// User attribute with the message of a failure.
const ERROR: &str = "error";
/// User attribute with what a suggestion knew.
const SAW: &str = "saw";
/// System attribute with the process that runs a trial.
const OWNER: &str = "owner";

/// How long a trial of another machine may give no sign of life before it counts as dead; workers give one every half minute.
const SILENCE: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

/// What opening a study found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// Whether the study is new.
    pub created: bool,
    /// Trials whose process had died; they are `interrupted` now.
    pub interrupted: Vec<u32>,
    /// Trials that a living process of this machine runs.
    pub running_here: Vec<u32>,
    /// Trials that another machine or another program runs, as far as can be known from here. [`Study::interrupt`] ends one
    /// whose machine is known to be gone.
    pub running_elsewhere: Vec<u32>,
}

/// An open study.
pub struct Study {
    path: PathBuf,
    connection: Connection,
    study_id: i64,
    identity: StudyIdentity,
    owner: Owner,
    opening: Opening,
    cache: read::Cache,
}

impl Study {
    /// Creates or resumes the study in `path`, creating its folder. Running trials of dead processes become `interrupted`.
    ///
    /// # Errors
    /// Another study's, another program's, a damaged, locked or read-only file is refused and left as it is.
    pub fn open(path: &Path, identity: StudyIdentity) -> Result<Self, StudyError> {
        let (connection, study_id, created) = open::connect(path, &identity)?;
        let mut study = Self {
            path: path.to_owned(),
            connection,
            study_id,
            identity,
            owner: Owner::current(),
            opening: Opening {
                created,
                ..Opening::default()
            },
            cache: read::Cache::default(),
        };
        study.sort_out_running()?;
        study.synchronise(false)?;
        Ok(study)
    }

    /// The study in `path` as it stands, to be read only: nothing is created, and running trials stay as they are.
    ///
    /// # Errors
    /// A file that is absent, damaged or not of this program.
    pub fn look(path: &Path) -> Result<Self, StudyError> {
        let (connection, study_id, identity) = open::connect_to_read(path)?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            study_id,
            identity,
            owner: Owner::current(),
            opening: Opening::default(),
            cache: read::Cache::default(),
        })
    }

    /// What opening it found.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Which study this is.
    pub fn identity(&self) -> &StudyIdentity {
        &self.identity
    }

    /// All trials in order of their numbers, values minimised. Only what may have changed is read from the file.
    pub fn trials(&mut self) -> Result<&[Trial], StudyError> {
        let sources = read::Sources {
            path: &self.path,
            study_id: self.study_id,
            identity: &self.identity,
        };
        self.cache.refresh(&self.connection, &sources)?;
        Ok(self.cache.trials())
    }

    /// Starts a trial at a point and returns its number.
    ///
    /// # Errors
    /// A point that is not one of the study's space is refused.
    pub fn start_trial(&mut self, assignment: &Assignment) -> Result<u32, StudyError> {
        let parameters = self.stored_parameters(assignment)?;
        let (study_id, owner) = (self.study_id, json!(self.owner).to_string());
        self.write(|transaction| insert_trial(transaction, study_id, &parameters, &owner, None))
    }

    /// Asks the sampler for the next point and starts its trial in one transaction, so that no two workers of a study start
    /// the same point. It knows what [`order`](crate::order) lets it know.
    pub fn start_suggested(
        &mut self,
        strategy: &Strategy,
        seed: u64,
        window: u32,
    ) -> Result<(u32, Assignment), StudyError> {
        let failed = |path: &Path, source| StudyError::from_sqlite(path, source);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|source| failed(&self.path, source))?;
        let sources = read::Sources {
            path: &self.path,
            study_id: self.study_id,
            identity: &self.identity,
        };
        self.cache.refresh(&transaction, &sources)?;
        let number = self.cache.trials().len() as u32;
        let trials = as_known(self.cache.trials(), number, window);
        let assignment = suggest(&self.identity.space, strategy, seed, number, &trials, &[])?;
        let parameters = stored_parameters(&self.identity, &assignment)?;
        let owner = json!(self.owner).to_string();
        let saw = json!(Saw::of(&trials)).to_string();
        let number = insert_trial(&transaction, self.study_id, &parameters, &owner, Some(&saw))
            .and_then(|number| transaction.commit().map(|()| number))
            .map_err(|source| failed(&self.path, source))?;
        Ok((number, assignment))
    }

    /// Stores the objective after an epoch, in its own direction; any value, also NaN. Reporting an epoch again replaces it.
    pub fn report(&mut self, number: u32, epoch: u32, value: f64) -> Result<(), StudyError> {
        let trial_id = self.own(number)?;
        let (stored, kind) = kind(value);
        self.write(|transaction| {
            transaction
                .prepare_cached(sql::PUT_INTERMEDIATE)?
                .execute(params![trial_id, epoch, stored, kind])
        })?;
        Ok(())
    }

    /// Ends a running trial, with what its caller wants to keep of it (epochs, duration, parameter count, …). It is on the
    /// disk when this returns.
    pub fn finish(
        &mut self,
        number: u32,
        outcome: &Outcome,
        attributes: &Map<String, Json>,
    ) -> Result<(), StudyError> {
        let trial_id = self.own(number)?;
        self.end(trial_id, outcome, attributes)
    }

    fn end(
        &mut self,
        trial_id: i64,
        outcome: &Outcome,
        attributes: &Map<String, Json>,
    ) -> Result<(), StudyError> {
        self.synchronise(true)?;
        let ended = self.write(|transaction| end_trial(transaction, trial_id, outcome, attributes));
        self.synchronise(false)?;
        ended
    }

    /// The id of a running trial of this process: one that was suspended for long may find that another has taken its trial over.
    fn own(&self, number: u32) -> Result<i64, StudyError> {
        let trial_id = self.trial_in(number, &[TrialState::Running], "running")?;
        match self.owner_of(trial_id)? {
            Some(owner) if owner != self.owner => Err(StudyError::WrongState {
                number,
                found: format!("taken over by process {}", owner.pid),
                needed: "this process's own",
            }),
            _ => Ok(trial_id),
        }
    }

    /// Takes over an interrupted or thermally aborted trial under its own number and point, with the curve that it has.
    pub fn take_over(&mut self, number: u32) -> Result<Assignment, StudyError> {
        let allowed = [TrialState::Interrupted, TrialState::Thermal];
        let trial_id = self.trial_in(number, &allowed, "interrupted or thermal")?;
        let owner = json!(self.owner).to_string();
        self.write(|transaction| {
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

    /// Ends a running trial of another process as `interrupted`: for a machine that is known to be gone, or a worker that
    /// was just killed.
    pub fn interrupt(&mut self, number: u32) -> Result<(), StudyError> {
        let trial_id = self.trial_in(number, &[TrialState::Running], "running")?;
        self.end(trial_id, &Outcome::Interrupted, &Map::new())
    }

    /// Says that this process's running trials are alive, in the table of Optuna's heartbeats; and ends trials whose process
    /// has died meanwhile.
    pub fn beat(&mut self) -> Result<(), StudyError> {
        let mine = &self.owner;
        let mut alive = Vec::new();
        for (trial_id, _) in self.running()? {
            if self.owner_of(trial_id)?.as_ref() == Some(mine) {
                alive.push(trial_id);
            }
        }
        self.write(|transaction| {
            let mut put = transaction.prepare_cached(sql::PUT_HEARTBEAT)?;
            for trial_id in &alive {
                put.execute(params![trial_id, now()])?;
            }
            Ok(())
        })?;
        self.sort_out_running()
    }

    /// What was kept of a trial, in the order in which it was stored.
    pub fn attributes(&self, number: u32) -> Result<Map<String, Json>, StudyError> {
        let (trial_id, _) = self.lookup(number)?;
        let read = || -> rusqlite::Result<Vec<(String, String)>> {
            let mut statement = self.connection.prepare_cached(sql::SELECT_ATTRIBUTES)?;
            statement
                .query_map([trial_id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        let unreadable = |error: serde_json::Error| StudyError::UnreadableTrial {
            number,
            reason: format!("an attribute is no JSON: {error}"),
        };
        read()
            .map_err(|source| StudyError::from_sqlite(&self.path, source))?
            .into_iter()
            .map(|(key, text)| Ok((key, serde_json::from_str(&text).map_err(unreadable)?)))
            .collect()
    }

    /// The process that runs or ran a trial; `None` for a trial of another program.
    pub fn owner(&self, number: u32) -> Result<Option<Owner>, StudyError> {
        let (trial_id, _) = self.lookup(number)?;
        self.owner_of(trial_id)
    }

    fn owner_of(&self, trial_id: i64) -> Result<Option<Owner>, StudyError> {
        let text: Option<String> = self
            .connection
            .query_row(
                sql::SELECT_SYSTEM_ATTRIBUTE,
                params![trial_id, OWNER],
                |row| row.get(0),
            )
            .optional()
            .map_err(|source| StudyError::from_sqlite(&self.path, source))?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Ids and numbers of running trials.
    fn running(&self) -> Result<Vec<(i64, u32)>, StudyError> {
        let read = || -> rusqlite::Result<Vec<(i64, u32)>> {
            let mut statement = self.connection.prepare_cached(sql::SELECT_RUNNING)?;
            statement
                .query_map([self.study_id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        read().map_err(|source| StudyError::from_sqlite(&self.path, source))
    }

    fn sort_out_running(&mut self) -> Result<(), StudyError> {
        self.opening.running_here.clear();
        self.opening.running_elsewhere.clear();
        for (trial_id, number) in self.running()? {
            match self
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
        let (trial_id, _) = self.lookup(number)?;
        self.has_been_silent(trial_id)
    }

    fn has_been_silent(&self, trial_id: i64) -> Result<bool, StudyError> {
        let last: Option<String> = self
            .connection
            .query_row(sql::SELECT_LAST_SIGN, [trial_id], |row| row.get(0))
            .map_err(|source| StudyError::from_sqlite(&self.path, source))?;
        let format = "%Y-%m-%d %H:%M:%S%.f";
        let last = last.and_then(|text| chrono::NaiveDateTime::parse_from_str(&text, format).ok());
        Ok(last.is_none_or(|last| chrono::Utc::now().naive_utc() - last > SILENCE))
    }

    fn lookup(&self, number: u32) -> Result<(i64, TrialState), StudyError> {
        read::lookup(&self.connection, self.study_id, number)
            .map_err(|source| StudyError::from_sqlite(&self.path, source))?
            .ok_or(StudyError::NoSuchTrial { number })
    }

    fn trial_in(
        &self,
        number: u32,
        allowed: &[TrialState],
        needed: &'static str,
    ) -> Result<i64, StudyError> {
        let (trial_id, state) = self.lookup(number)?;
        if allowed.contains(&state) {
            return Ok(trial_id);
        }
        Err(StudyError::WrongState {
            number,
            found: state.to_string(),
            needed,
        })
    }

    fn stored_parameters(&self, assignment: &Assignment) -> Result<Vec<Stored>, StudyError> {
        stored_parameters(&self.identity, assignment)
    }

    /// Whether the next commits wait for the disk.
    fn synchronise(&self, full: bool) -> Result<(), StudyError> {
        let level = if full { "FULL" } else { "NORMAL" };
        self.connection
            .pragma_update(None, "synchronous", level)
            .map_err(|source| StudyError::from_sqlite(&self.path, source))
    }

    fn write<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StudyError> {
        let path = &self.path;
        let failed = |source| StudyError::from_sqlite(path, source);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        let result = change(&transaction).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(result)
    }
}

/// A number as it is stored, with its kind in Optuna's words.
fn kind(value: f64) -> (Option<f64>, &'static str) {
    if value.is_nan() {
        (None, "NAN")
    } else if value == f64::INFINITY {
        (None, "INF_POS")
    } else if value == f64::NEG_INFINITY {
        (None, "INF_NEG")
    } else {
        (Some(value), "FINITE")
    }
}

/// A parameter as it is stored: name, number, distribution.
struct Stored {
    name: String,
    number: f64,
    distribution: String,
}

fn stored_parameters(
    identity: &StudyIdentity,
    assignment: &Assignment,
) -> Result<Vec<Stored>, StudyError> {
    let parameters = &identity.space.parameters;
    if let Some(unknown) = assignment
        .keys()
        .find(|name| parameters.iter().all(|parameter| parameter.name != **name))
    {
        let message = format!("`{unknown}` is not searched");
        return Err(StudyError::Assignment(message));
    }
    parameters
        .iter()
        .map(|parameter| {
            let domain: &Domain = &parameter.domain;
            let value = assignment.get(&parameter.name).ok_or_else(|| {
                StudyError::Assignment(format!("`{}` is missing", parameter.name))
            })?;
            let number = distribution::number(domain, value).ok_or_else(|| {
                StudyError::Assignment(format!(
                    "{value} lies outside the domain of `{}`",
                    parameter.name
                ))
            })?;
            Ok(Stored {
                name: parameter.name.clone(),
                number,
                distribution: distribution::distribution(domain).to_string(),
            })
        })
        .collect()
}

/// Now, as Optuna writes it: UTC without zone, microseconds.
fn now() -> String {
    let format = "%Y-%m-%d %H:%M:%S%.6f";
    chrono::Utc::now().format(format).to_string()
}

fn insert_trial(
    connection: &Connection,
    study_id: i64,
    parameters: &[Stored],
    owner: &str,
    saw: Option<&str>,
) -> rusqlite::Result<u32> {
    let number: u32 = connection
        .prepare_cached(sql::NEXT_NUMBER)?
        .query_row([study_id], |row| row.get(0))?;
    connection
        .prepare_cached(sql::INSERT_TRIAL)?
        .execute(params![number, study_id, now()])?;
    let trial_id = connection.last_insert_rowid();
    let mut insert = connection.prepare_cached(sql::INSERT_PARAMETER)?;
    for parameter in parameters {
        insert.execute(params![
            trial_id,
            parameter.name,
            parameter.number,
            parameter.distribution
        ])?;
    }
    connection
        .prepare_cached(sql::PUT_SYSTEM_ATTRIBUTE)?
        .execute(params![trial_id, OWNER, owner])?;
    if let Some(saw) = saw {
        connection
            .prepare_cached(sql::PUT_ATTRIBUTE)?
            .execute(params![trial_id, SAW, saw])?;
    }
    Ok(number)
}

fn end_trial(
    connection: &Connection,
    trial_id: i64,
    outcome: &Outcome,
    attributes: &Map<String, Json>,
) -> rusqlite::Result<()> {
    let state = outcome.state();
    let value = match outcome {
        Outcome::Complete { value } if value.is_finite() => Some(*value),
        Outcome::Pruned => read::last_finite(connection, trial_id)?,
        _ => None,
    };
    if let Some(value) = value {
        connection
            .prepare_cached(sql::PUT_VALUE)?
            .execute(params![trial_id, value])?;
    }
    let mut put = connection.prepare_cached(sql::PUT_ATTRIBUTE)?;
    for (key, value) in attributes {
        put.execute(params![trial_id, key, value.to_string()])?;
    }
    put.execute(params![trial_id, OUTCOME, json!(state.name()).to_string()])?;
    if let Outcome::Failed { message } = outcome {
        put.execute(params![trial_id, ERROR, json!(message).to_string()])?;
    }
    let word = match state {
        TrialState::Complete => "COMPLETE",
        TrialState::Pruned => "PRUNED",
        _ => "FAIL",
    };
    connection
        .prepare_cached(sql::END_TRIAL)?
        .execute(params![trial_id, word, now()])?;
    Ok(())
}
