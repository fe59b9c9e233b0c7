//! A study in a PostgreSQL database, which many machines share. It knows the connection, not what its tables mean.

mod cells;
mod open;
mod schema;
mod statement;

use std::{cell::RefCell, collections::HashMap};

use postgres::{Client, Statement, error::SqlState, types::ToSql};
use xp_clock::Clock;
use xp_postgres::{Settings, connect, is_retryable, is_transient};

use crate::study::{
    connection::{Change, Connection, Lock, Row, Value, first, values},
    error::StudyError,
};
use cells::row;
use statement::{Translated, joined};

pub(super) use open::{open, open_to_read};

/// How long a transaction waits for a lock before somebody is asked, seconds: longer than a queue of many workers, each of which has it for
/// milliseconds.
const LOCK_SECONDS: u32 = 10;

/// First half of the advisory locks of who writes the results of a study, a number that is nobody else's: `xp`; the second is the study.
const RESULTS: i64 = 24944;

/// Each statement sees what was stored before it, whatever the server's default: who has waited for the lock sees what its holder did.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// What every session sets. A worker that is suspended amid a transaction, or whose machine is gone, must not hold the study for ever.
const SESSION: &str = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'; \
    SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";

/// A connection to a server.
pub(super) struct Postgres {
    settings: Settings,
    clock: Clock,
    session: RefCell<Session>,
}

/// What is lost with a connection.
struct Session {
    client: Client,
    /// Prepared statements by their texts.
    prepared: HashMap<String, Prepared>,
}

struct Prepared {
    statement: Statement,
    /// Positions of the values that are sent.
    sent: Vec<usize>,
}

impl Session {
    fn new(settings: &Settings, clock: &Clock) -> Result<Self, StudyError> {
        let mut client = connect(settings, clock).map_err(|error| {
            let (place, reason) = (settings.to_string(), error.reason.to_string());
            if error.is_transient() {
                StudyError::Disconnected { place, reason }
            } else {
                StudyError::Refused { place, reason }
            }
        })?;
        client
            .batch_execute(SESSION)
            .map_err(|error| failed(settings, &error))?;
        Ok(Self {
            client,
            prepared: HashMap::new(),
        })
    }

    fn rows(
        &mut self,
        statement: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<postgres::Row>, postgres::Error> {
        self.prepare(statement, values)?;
        let Some(prepared) = self.prepared.get(statement) else {
            return Ok(Vec::new());
        };
        self.client
            .query(&prepared.statement, &sent(prepared, values))
    }

    fn change(&mut self, statement: &str, values: &[Value<'_>]) -> Result<u64, postgres::Error> {
        self.prepare(statement, values)?;
        let Some(prepared) = self.prepared.get(statement) else {
            return Ok(0);
        };
        self.client
            .execute(&prepared.statement, &sent(prepared, values))
    }

    fn prepare(&mut self, statement: &str, values: &[Value<'_>]) -> Result<(), postgres::Error> {
        if self.prepared.contains_key(statement) {
            return Ok(());
        }
        let Translated { text, sent } = Translated::of(statement, values);
        let prepared = Prepared {
            statement: self.client.prepare(&text)?,
            sent,
        };
        self.prepared.insert(statement.to_owned(), prepared);
        Ok(())
    }
}

fn sent<'a>(prepared: &Prepared, values: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    let positions = prepared.sent.iter();
    positions
        .filter_map(|position| values.get(*position))
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

impl Postgres {
    fn new(settings: &Settings, clock: &Clock) -> Result<Self, StudyError> {
        Ok(Self {
            settings: settings.clone(),
            clock: clock.clone(),
            session: RefCell::new(Session::new(settings, clock)?),
        })
    }

    /// Statements without values and rows, in one message.
    fn batch(&self, statements: &str) -> Result<(), StudyError> {
        self.session
            .borrow_mut()
            .client
            .batch_execute(statements)
            .map_err(|error| failed(&self.settings, &error))
    }
}

/// Sorts a server's error by what can be done about it.
fn failed(settings: &Settings, error: &postgres::Error) -> StudyError {
    let place = settings.to_string();
    let reason = error
        .as_db_error()
        .map_or_else(|| error.to_string(), |error| error.message().to_owned());
    let is = |codes: &[SqlState]| error.code().is_some_and(|code| codes.contains(code));
    if is_transient(error)
        || is(&[
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState::IDLE_SESSION_TIMEOUT,
            // A standby, before it takes over.
            SqlState::READ_ONLY_SQL_TRANSACTION,
        ])
    {
        StudyError::Disconnected { place, reason }
    } else if is_retryable(error) || is(&[SqlState::LOCK_NOT_AVAILABLE]) {
        StudyError::Locked { place }
    } else if is(&[SqlState::INSUFFICIENT_PRIVILEGE, SqlState::DISK_FULL]) {
        StudyError::NotWritable { place, reason }
    } else {
        StudyError::Database { place, reason }
    }
}

impl Connection for Postgres {
    fn place(&self) -> String {
        self.settings.to_string()
    }

    fn query(&self, statement: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StudyError> {
        let failed = |error| failed(&self.settings, &error);
        let rows = self.session.borrow_mut().rows(statement, values);
        let rows = rows.map_err(failed)?;
        rows.iter()
            .map(|found| row(found).map_err(failed))
            .collect()
    }

    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<u64, StudyError> {
        let changed = self.session.borrow_mut().change(statement, values);
        changed.map_err(|error| failed(&self.settings, &error))
    }

    fn execute_all(&self, changes: &[Change<'_>]) -> Result<(), StudyError> {
        if changes.is_empty() {
            return Ok(());
        }
        let (statement, values) = joined(changes);
        self.execute(&statement, &values)?;
        Ok(())
    }

    /// Optuna locks the row of the study as well, where it gives a trial its number.
    fn begin(&self, study_id: i64, lock: Lock) -> Result<(), StudyError> {
        match lock {
            Lock::None => self.batch(BEGIN),
            Lock::Study => self
                .batch(&format!(
                    "{BEGIN}; SELECT 1 FROM studies WHERE study_id = {study_id} FOR UPDATE"
                ))
                .inspect_err(|_| self.roll_back()),
        }
    }

    fn lock_seconds(&self) -> u32 {
        LOCK_SECONDS
    }

    fn commit(&self) -> Result<(), StudyError> {
        self.batch("COMMIT")
    }

    fn roll_back(&self) {
        // The first error is the one to tell; a lost connection has rolled back by itself.
        let _ = self.batch("ROLLBACK");
    }

    /// What is durable is the server's to decide.
    fn synchronise(&self, _full: bool) -> Result<(), StudyError> {
        Ok(())
    }

    fn reconnect(&self) -> Result<(), StudyError> {
        let session = Session::new(&self.settings, &self.clock)?;
        *self.session.borrow_mut() = session;
        Ok(())
    }

    fn claim_results(&self, study_id: i64) -> Result<bool, StudyError> {
        let row = first(
            self,
            "SELECT pg_try_advisory_lock(?1, ?2)",
            values![RESULTS, study_id],
        )?;
        let held: Option<i64> = row.map(|row| row.get(0)).transpose()?;
        Ok(held == Some(1))
    }

    fn row_lock(&self) -> &'static str {
        "FOR UPDATE OF t"
    }

    fn heartbeat_age(&self) -> Option<&'static str> {
        Some(
            "EXTRACT(EPOCH FROM clock_timestamp()::timestamp - COALESCE((SELECT MAX(h.heartbeat) FROM trial_heartbeats h
            WHERE h.trial_id = t.trial_id), t.datetime_start))::float8",
        )
    }
}
