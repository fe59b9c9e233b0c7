//! The study in its database: transactions that are tried again, and what is read of single trials. It contains no rule of a search.

use std::time::{Duration, Instant};

use serde_json::{Map, Value as Json};
use xp_clock::Clock;

use crate::{
    study::{
        connection::{Connection, Lock, first, values},
        error::StudyError,
        keys::OWNER,
        process::Owner,
        sql,
        stored_trial::state,
    },
    trial::TrialState,
};

/// What a change waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait<'a> {
    /// Another program holds a lock.
    Locked,
    /// The server is away, for this reason.
    Away(&'a str),
}

/// Is told what a change waits for and for how many seconds it has, and says whether to go on waiting.
pub type OnWait = Box<dyn FnMut(Wait<'_>, u32) -> bool>;

/// Seconds that a change waits where nobody is asked.
const PATIENCE: u32 = 30;
/// How long to wait before a server that is away is tried again.
pub(super) const RETRY: Duration = Duration::from_secs(1);

/// What one operation has waited for so far.
#[derive(Debug, Default)]
struct Hindrance {
    /// Seconds for locks.
    locked: u32,
    /// When it met the first lock, or the server was lost.
    began: Option<Instant>,
    /// Whether it was back since.
    reconnected: bool,
}

/// An open database and the study in it.
pub(super) struct Database {
    connection: Box<dyn Connection>,
    pub(super) study_id: i64,
    pub(super) clock: Clock,
    /// Absent: a change waits for half a minute.
    pub(super) on_wait: Option<OnWait>,
    /// How long operations have waited in all.
    pub(super) waited: Duration,
}

impl Database {
    pub(super) fn new(connection: Box<dyn Connection>, study_id: i64, clock: Clock) -> Self {
        Self {
            connection,
            study_id,
            clock,
            on_wait: None,
            waited: Duration::ZERO,
        }
    }

    /// Where it is, for messages.
    pub(super) fn place(&self) -> String {
        self.connection.place()
    }

    /// Whether the next commits wait for the disk.
    pub(super) fn synchronise(&self, full: bool) -> Result<(), StudyError> {
        self.connection.synchronise(full)
    }

    /// SQL of a heartbeat's age; absent where the database has no clock.
    pub(super) fn heartbeat_age(&self) -> Option<&'static str> {
        self.connection.heartbeat_age()
    }

    /// Whether this process writes the results of the study: one at a time does, until its connection ends.
    pub(super) fn claim_results(&mut self) -> Result<bool, StudyError> {
        let study_id = self.study_id;
        self.read(|connection| connection.claim_results(study_id))
    }

    /// Whether to go on waiting after so many seconds.
    fn goes_on(&mut self, wait: Wait<'_>, seconds: u32) -> bool {
        match &mut self.on_wait {
            Some(ask) => ask(wait, seconds),
            None => seconds < PATIENCE,
        }
    }

    /// Reads, again where the server was away meanwhile.
    pub(super) fn read<T>(
        &mut self,
        mut what: impl FnMut(&dyn Connection) -> Result<T, StudyError>,
    ) -> Result<T, StudyError> {
        let mut hindrance = Hindrance::default();
        loop {
            match what(self.connection.as_ref()) {
                Err(error) => self.overcome(error, &mut hindrance)?,
                done => return self.done(done, &hindrance),
            }
        }
    }

    /// Makes a change in one transaction: all of it or, where it fails, nothing. Where the server goes away the change is made again, also
    /// where it was stored and only the answer was lost: it must find its own traces.
    pub(super) fn write<T>(
        &mut self,
        lock: Lock,
        mut change: impl FnMut(&dyn Connection) -> Result<T, StudyError>,
    ) -> Result<T, StudyError> {
        let mut hindrance = Hindrance::default();
        loop {
            let connection = self.connection.as_ref();
            let changed = connection.begin(self.study_id, lock).and_then(|()| {
                change(connection)
                    .and_then(|result| connection.commit().map(|()| result))
                    .inspect_err(|_| connection.roll_back())
            });
            match changed {
                Err(error) => self.overcome(error, &mut hindrance)?,
                done => return self.done(done, &hindrance),
            }
        }
    }

    /// Notes how long an operation has waited that is done now.
    fn done<T>(
        &mut self,
        result: Result<T, StudyError>,
        hindrance: &Hindrance,
    ) -> Result<T, StudyError> {
        if let Some(began) = hindrance.began {
            self.waited += self.clock.since(began);
        }
        result
    }

    /// Waits where waiting helps: until a lock is free or the server is back. Any other error is returned, as is one that nobody waits for.
    fn overcome(&mut self, error: StudyError, hindrance: &mut Hindrance) -> Result<(), StudyError> {
        let now = self.clock.now();
        let began = *hindrance.began.get_or_insert(now);
        match error {
            StudyError::Locked { .. } => {
                hindrance.locked += self.connection.lock_seconds();
                if self.goes_on(Wait::Locked, hindrance.locked) {
                    return Ok(());
                }
                Err(error)
            }
            StudyError::Disconnected { .. } => {
                // A server that takes connections and ends each is as good as none.
                if std::mem::replace(&mut hindrance.reconnected, true) {
                    self.wait_away(&error, began)?;
                }
                self.reconnect(began)
            }
            other => Err(other),
        }
    }

    /// Waits a moment for a server that is away since then.
    fn wait_away(&mut self, why: &StudyError, began: Instant) -> Result<(), StudyError> {
        let seconds = waited(&self.clock, began);
        let text = why.to_string();
        if !self.goes_on(Wait::Away(&text), seconds) {
            return Err(why.clone());
        }
        self.clock.sleep(RETRY);
        Ok(())
    }

    /// Waits until the server is back. What it refuses meanwhile it did not refuse before, so that it is not itself yet.
    fn reconnect(&mut self, began: Instant) -> Result<(), StudyError> {
        loop {
            match self.connection.reconnect() {
                Err(error @ (StudyError::Disconnected { .. } | StudyError::Refused { .. })) => {
                    self.wait_away(&error, began)?;
                }
                other => return other,
            }
        }
    }

    /// The id of a trial.
    pub(super) fn id_of(&mut self, number: u32) -> Result<i64, StudyError> {
        let study_id = self.study_id;
        let row = self.read(|connection| {
            first(connection, sql::SELECT_TRIAL_ID, values![study_id, number])
        })?;
        row.ok_or(StudyError::NoSuchTrial { number })?.get(0)
    }

    /// All running trials.
    pub(super) fn running(&mut self) -> Result<Vec<Running>, StudyError> {
        let study_id = self.study_id;
        self.read(|connection| running(connection, study_id))
    }

    /// User attributes of a trial, in the order in which they were stored.
    pub(super) fn attributes(
        &mut self,
        number: u32,
        trial_id: i64,
    ) -> Result<Map<String, Json>, StudyError> {
        let rows =
            self.read(|connection| connection.query(sql::SELECT_ATTRIBUTES, values![trial_id]))?;
        let unreadable = |error: serde_json::Error| StudyError::UnreadableTrial {
            number,
            reason: format!("an attribute is no JSON: {error}"),
        };
        let attribute = |row: &crate::study::connection::Row| {
            let text: String = row.get(1)?;
            let value = serde_json::from_str(&text).map_err(unreadable)?;
            Ok((row.get(0)?, value))
        };
        rows.iter().map(attribute).collect()
    }
}

/// Seconds since then, at least one.
pub(super) fn waited(clock: &Clock, began: Instant) -> u32 {
    let seconds = clock.since(began).as_secs().max(1);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// State and owner of a trial; no owner where it is another program's. Nobody else changes either until the transaction ends.
pub(super) fn holder(
    connection: &dyn Connection,
    number: u32,
    trial_id: i64,
) -> Result<(TrialState, Option<Owner>), StudyError> {
    look(connection, number, trial_id, connection.row_lock())
}

/// As [`holder`], for who changes nothing.
pub(super) fn holder_now(
    connection: &dyn Connection,
    number: u32,
    trial_id: i64,
) -> Result<(TrialState, Option<Owner>), StudyError> {
    look(connection, number, trial_id, "")
}

fn look(
    connection: &dyn Connection,
    number: u32,
    trial_id: i64,
    lock: &str,
) -> Result<(TrialState, Option<Owner>), StudyError> {
    let statement = sql::SELECT_HOLDER.replace(":lock", lock);
    let row = first(connection, &statement, values![trial_id, OWNER])?
        .ok_or(StudyError::NoSuchTrial { number })?;
    let (word, outcome): (String, Option<String>) = (row.get(0)?, row.get(1)?);
    Ok((state(&word, outcome.as_deref()), owner(row.get(2)?)))
}

/// An owner from its stored text.
pub(super) fn owner(text: Option<String>) -> Option<Owner> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

/// Refuses a trial that is in none of the `allowed` states; `needed` names them in the error.
pub(super) fn require(
    number: u32,
    state: TrialState,
    allowed: &[TrialState],
    needed: &'static str,
) -> Result<(), StudyError> {
    if allowed.contains(&state) {
        return Ok(());
    }
    Err(StudyError::WrongState {
        number,
        found: state.to_string(),
        needed,
    })
}

/// A trial that runs.
pub(super) struct Running {
    pub(super) trial_id: i64,
    pub(super) number: u32,
    /// Absent where another program runs it.
    pub(super) owner: Option<Owner>,
    /// Its last heartbeat as it is stored, or else its start.
    pub(super) heartbeat: Option<String>,
    /// Age of that by the clock of the database, seconds; absent where that has none.
    pub(super) age: Option<f64>,
}

/// All running trials.
pub(super) fn running(
    connection: &dyn Connection,
    study_id: i64,
) -> Result<Vec<Running>, StudyError> {
    let age = connection.heartbeat_age().unwrap_or("NULL");
    let statement = sql::SELECT_RUNNING.replace(":age", age);
    let rows = connection.query(&statement, values![study_id, OWNER])?;
    rows.iter()
        .map(|row| {
            Ok(Running {
                trial_id: row.get(0)?,
                number: row.get(1)?,
                owner: owner(row.get(2)?),
                heartbeat: row.get(3)?,
                age: row.get(4)?,
            })
        })
        .collect()
}
