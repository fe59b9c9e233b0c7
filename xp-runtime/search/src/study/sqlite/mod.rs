//! A study in an SQLite file. It knows the file, not what its tables mean.

mod header;
mod open;
mod schema;

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{ToSql, params_from_iter, types::ToSqlOutput, types::ValueRef};

use crate::study::{
    connection::{self, Connection, Lock, Row, Value},
    error::StudyError,
};

pub use open::Journal;
pub(super) use open::{open, open_to_read};

/// How long SQLite waits for a lock before somebody is asked.
const STEP: Duration = Duration::from_secs(1);

/// Statements that stay prepared: more than `sql` has.
const STATEMENTS: usize = 64;

/// An open file.
pub(super) struct Sqlite {
    path: PathBuf,
    connection: rusqlite::Connection,
    /// Which file was opened, by device and number; absent where the system does not tell.
    file: Option<(u64, u64)>,
    /// Whether every commit waits for the disk: only a write-ahead log survives a power cut without.
    always_full: Cell<bool>,
}

/// Device and number of a file.
fn number(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let file = path.metadata().ok()?;
    Some((file.dev(), file.ino()))
}

impl Sqlite {
    fn new(
        path: &Path,
        opened: rusqlite::Result<rusqlite::Connection>,
    ) -> Result<Self, StudyError> {
        let connection = opened.map_err(|source| StudyError::from_sqlite(path, &source))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self {
            path: path.to_owned(),
            connection,
            file: number(path),
            always_full: Cell::new(false),
        })
    }

    /// The file as it is now, which a first access may have created.
    fn with_file(self) -> Self {
        Self {
            file: number(&self.path),
            ..self
        }
    }

    /// How long a statement waits for another writer.
    fn wait_for(&self, patience: Duration) -> Result<(), StudyError> {
        self.connection
            .busy_timeout(patience)
            .map_err(|source| self.failed(source))
    }

    fn failed(&self, source: rusqlite::Error) -> StudyError {
        StudyError::from_sqlite(&self.path, &source)
    }

    /// Errors where the file was removed: SQLite would write to a file without a name, and all would be lost.
    fn is_there(&self) -> Result<(), StudyError> {
        if number(&self.path) == self.file {
            return Ok(());
        }
        Err(StudyError::Removed {
            path: self.path.clone(),
        })
    }
}

/// Statements with rows of `:ids` are few and are kept by their text, too.
fn text(statement: &str) -> String {
    const STEPS: &str = "SELECT i.value AS id, s.value AS step FROM json_each(?1) i JOIN json_each(?2) s ON s.key = i.key";
    let statement = statement.replace(":steps", STEPS);
    statement.replace(":ids", "SELECT value FROM json_each(?1)")
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Int(value) => ToSqlOutput::from(*value),
            Self::Real(value) => ToSqlOutput::Owned((*value).into()),
            Self::Text(Some(text)) | Self::Utc(text) | Self::Heartbeat(text) => {
                ToSqlOutput::from(*text)
            }
            Self::Text(None) => ToSqlOutput::Owned(rusqlite::types::Value::Null),
            Self::Ids(ids) => {
                let list: Vec<String> = ids.iter().map(ToString::to_string).collect();
                ToSqlOutput::Owned(format!("[{}]", list.join(",")).into())
            }
        })
    }
}

fn cell(value: ValueRef<'_>) -> connection::Cell {
    match value {
        ValueRef::Null => connection::Cell::Null,
        ValueRef::Integer(value) => connection::Cell::Int(value),
        ValueRef::Real(value) => connection::Cell::Real(value),
        ValueRef::Text(text) | ValueRef::Blob(text) => {
            connection::Cell::Text(String::from_utf8_lossy(text).into_owned())
        }
    }
}

impl Connection for Sqlite {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn query(&self, statement: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StudyError> {
        let read = || -> rusqlite::Result<Vec<Row>> {
            let mut prepared = self.connection.prepare_cached(&text(statement))?;
            let columns = prepared.column_count();
            prepared
                .query_map(params_from_iter(values), |row| {
                    let cells = (0..columns).map(|column| row.get_ref(column).map(cell));
                    cells.collect::<rusqlite::Result<_>>().map(Row)
                })?
                .collect()
        };
        read().map_err(|source| self.failed(source))
    }

    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<u64, StudyError> {
        let changed = self
            .connection
            .prepare_cached(&text(statement))
            .and_then(|mut prepared| prepared.execute(params_from_iter(values)));
        changed
            .map(|rows| rows as u64)
            .map_err(|source| self.failed(source))
    }

    /// SQLite has one writer at a time, whatever is asked for.
    fn begin(&self, _study_id: i64, _lock: Lock) -> Result<(), StudyError> {
        self.connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|source| self.failed(source))?;
        self.is_there().inspect_err(|_| self.roll_back())
    }

    fn lock_seconds(&self) -> u32 {
        STEP.as_secs() as u32
    }

    fn commit(&self) -> Result<(), StudyError> {
        self.connection
            .execute_batch("COMMIT")
            .map_err(|source| self.failed(source))
    }

    fn roll_back(&self) {
        // The first error is the one to tell; where it ended the transaction itself there is none to roll back.
        let _ = self.connection.execute_batch("ROLLBACK");
    }

    fn synchronise(&self, full: bool) -> Result<(), StudyError> {
        if self.always_full.get() {
            return Ok(());
        }
        let level = if full { "FULL" } else { "NORMAL" };
        self.connection
            .pragma_update(None, "synchronous", level)
            .map_err(|source| self.failed(source))
    }

    /// A file is never away.
    fn reconnect(&self) -> Result<(), StudyError> {
        Ok(())
    }

    /// A search's folder is locked by its one process.
    fn claim_results(&self, _study_id: i64) -> Result<bool, StudyError> {
        Ok(true)
    }

    /// A transaction that writes is alone.
    fn row_lock(&self) -> &'static str {
        ""
    }

    fn heartbeat_age(&self) -> Option<&'static str> {
        None
    }
}
