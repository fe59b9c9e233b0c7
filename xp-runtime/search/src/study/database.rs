//! The study in its file: transactions, and what is read of single trials. It contains no rule of a search.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value as Json};

use crate::{
    study::{error::StudyError, keys::OWNER, process::Owner, read, sql},
    trial::TrialState,
};

/// Is told for how many seconds a change has waited for another program's lock, and says whether to go on waiting.
pub type OnLocked = Box<dyn FnMut(u32) -> bool>;

/// An open file and the study in it.
pub(super) struct Database {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
    pub(super) study_id: i64,
    /// Which file was opened, by device and number; absent where the system does not tell.
    file: Option<(u64, u64)>,
    /// Absent: a change waits for half a minute.
    pub(super) on_locked: Option<OnLocked>,
}

/// Seconds that a change waits where nobody is asked.
const PATIENCE: u32 = 30;
/// How long SQLite waits for a lock before [`Database::begin`] asks.
const STEP: Duration = Duration::from_secs(1);

/// Device and number of a file.
fn number(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let file = path.metadata().ok()?;
    Some((file.dev(), file.ino()))
}

impl Database {
    /// A study of a connection, whose changes wait for locks in steps.
    pub(super) fn new(
        path: &Path,
        connection: Connection,
        study_id: i64,
    ) -> Result<Self, StudyError> {
        let database = Self {
            path: path.to_owned(),
            connection,
            study_id,
            file: number(path),
            on_locked: None,
        };
        let set = database.connection.busy_timeout(STEP);
        set.map_err(|source| database.failed(source))?;
        Ok(database)
    }

    /// A database error as the study's.
    pub(super) fn failed(&self, source: rusqlite::Error) -> StudyError {
        StudyError::from_sqlite(&self.path, source)
    }

    /// Whether the next commits wait for the disk.
    pub(super) fn synchronise(&self, full: bool) -> Result<(), StudyError> {
        let level = if full { "FULL" } else { "NORMAL" };
        self.connection
            .pragma_update(None, "synchronous", level)
            .map_err(|source| self.failed(source))
    }

    /// Makes a change in one transaction: all of it or, where it fails, nothing.
    pub(super) fn write<T>(
        &mut self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StudyError> {
        self.begin()?;
        let changed = change(&self.connection)
            .and_then(|result| self.connection.execute_batch("COMMIT").map(|()| result));
        changed.map_err(|source| {
            // The first error is the one to tell; where it ended the transaction itself there is none to roll back.
            let _ = self.connection.execute_batch("ROLLBACK");
            self.failed(source)
        })
    }

    /// Takes the lock of writers, which another program may hold: a viewer, a backup. SQLite waits for it a second at a time.
    fn begin(&mut self) -> Result<(), StudyError> {
        let mut seconds = 0;
        loop {
            let Err(source) = self.connection.execute_batch("BEGIN IMMEDIATE") else {
                return self.is_there();
            };
            let error = self.failed(source);
            seconds += 1;
            let goes_on = match &mut self.on_locked {
                _ if !matches!(error, StudyError::Locked { .. }) => false,
                Some(ask) => ask(seconds),
                None => seconds < PATIENCE,
            };
            if !goes_on {
                return Err(error);
            }
        }
    }

    /// Ends the transaction where the file was removed: SQLite would write to a file without a name, and all would be lost.
    fn is_there(&self) -> Result<(), StudyError> {
        if number(&self.path) == self.file {
            return Ok(());
        }
        // Nothing was changed.
        let _ = self.connection.execute_batch("ROLLBACK");
        Err(StudyError::Removed {
            path: self.path.clone(),
        })
    }

    /// Id and state of a trial.
    pub(super) fn lookup(&self, number: u32) -> Result<(i64, TrialState), StudyError> {
        read::lookup(&self.connection, self.study_id, number)
            .map_err(|source| self.failed(source))?
            .ok_or(StudyError::NoSuchTrial { number })
    }

    /// The id of a trial in one of the `allowed` states; `needed` names them in the error.
    pub(super) fn trial_in(
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

    /// Ids and numbers of running trials.
    pub(super) fn running(&self) -> Result<Vec<(i64, u32)>, StudyError> {
        let read = || -> rusqlite::Result<Vec<(i64, u32)>> {
            let mut statement = self.connection.prepare_cached(sql::SELECT_RUNNING)?;
            statement
                .query_map([self.study_id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        read().map_err(|source| self.failed(source))
    }

    /// The process that runs or ran a trial; `None` for a trial of another program.
    pub(super) fn owner_of(&self, trial_id: i64) -> Result<Option<Owner>, StudyError> {
        let text: Option<String> = self
            .connection
            .query_row(
                sql::SELECT_SYSTEM_ATTRIBUTE,
                params![trial_id, OWNER],
                |row| row.get(0),
            )
            .optional()
            .map_err(|source| self.failed(source))?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// The last heartbeat of a trial as it is stored, or else its start.
    pub(super) fn last_heartbeat(&self, trial_id: i64) -> Result<Option<String>, StudyError> {
        self.connection
            .query_row(sql::SELECT_LAST_HEARTBEAT, [trial_id], |row| row.get(0))
            .map_err(|source| self.failed(source))
    }

    /// User attributes of a trial, in the order in which they were stored.
    pub(super) fn attributes(&self, number: u32) -> Result<Map<String, Json>, StudyError> {
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
            .map_err(|source| self.failed(source))?
            .into_iter()
            .map(|(key, text)| Ok((key, serde_json::from_str(&text).map_err(unreadable)?)))
            .collect()
    }
}
