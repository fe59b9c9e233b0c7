//! Connections to a study file: created, found or refused. A file that is refused is not written to.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::study::{
    error::StudyError,
    file::{check_header, create_folder},
    identity::StudyIdentity,
    schema::{check_schema, create},
    sql,
    stored_identity::StoredIdentity,
};

/// How long opening waits for another writer; what an open study writes waits as [`Study::on_locked`](crate::Study::on_locked) says.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// An open connection with the study's id, and whether it was created now.
pub(super) fn connect(
    path: &Path,
    identity: &StudyIdentity,
) -> Result<(Connection, i64, bool), StudyError> {
    create_folder(path)?;
    check_header(path)?;
    let failed = |source| StudyError::from_sqlite(path, source);
    let mut connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(LOCK_TIMEOUT).map_err(failed)?;
    let empty = check_schema(path, &connection)?;
    if !empty && let Some(study_id) = find(path, &connection, identity)? {
        durable(&connection).map_err(failed)?;
        return Ok((connection, study_id, false));
    }
    durable(&connection).map_err(failed)?;
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    // Another worker may have created it while this one waited for the lock.
    let created = check_schema(path, &transaction)?;
    let study_id = if created {
        create(&transaction, identity).map_err(failed)?
    } else {
        find(path, &transaction, identity)?.ok_or_else(|| StudyError::NotAStudy {
            path: path.to_owned(),
            found: "it has the tables of a study but holds none".to_owned(),
        })?
    };
    transaction.commit().map_err(failed)?;
    Ok((connection, study_id, created))
}

/// Write-ahead logging, so that readers such as optuna-dashboard never block a worker. The log is synchronised when a trial
/// ends (see `Study::finish`).
fn durable(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")
}

/// Ids and names of a file's studies.
fn studies(path: &Path, connection: &Connection) -> Result<Vec<(i64, String)>, StudyError> {
    let read = || -> rusqlite::Result<_> {
        let mut statement = connection.prepare(sql::SELECT_STUDIES)?;
        statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    };
    read().map_err(|source| StudyError::from_sqlite(path, source))
}

/// The study of this identity; `None` where the file holds no study at all.
fn find(
    path: &Path,
    connection: &Connection,
    identity: &StudyIdentity,
) -> Result<Option<i64>, StudyError> {
    let failed = |source| StudyError::from_sqlite(path, source);
    let studies = studies(path, connection)?;
    if studies.is_empty() {
        return Ok(None);
    }
    let Some((study_id, _)) = studies.iter().find(|(_, name)| *name == identity.name) else {
        let names: Vec<&str> = studies.iter().map(|(_, name)| name.as_str()).collect();
        return Err(StudyError::OtherIdentity {
            path: path.to_owned(),
            differences: vec![format!(
                "it holds {}, not `{}`",
                names.join(", "),
                identity.name
            )],
        });
    };
    let found = StoredIdentity::read(connection, *study_id).map_err(failed)?;
    let differences = found.differences(identity);
    if differences.is_empty() {
        return Ok(Some(*study_id));
    }
    Err(StudyError::OtherIdentity {
        path: path.to_owned(),
        differences,
    })
}

/// A connection that only reads, with the id and the identity of the file's study.
pub(super) fn connect_to_read(path: &Path) -> Result<(Connection, i64, StudyIdentity), StudyError> {
    let failed = |source| StudyError::from_sqlite(path, source);
    if !check_header(path)? {
        return Err(StudyError::Unreachable {
            path: path.to_owned(),
            source: std::io::ErrorKind::NotFound.into(),
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(LOCK_TIMEOUT).map_err(failed)?;
    let foreign = |found: &str| StudyError::NotAStudy {
        path: path.to_owned(),
        found: found.to_owned(),
    };
    if check_schema(path, &connection)? {
        return Err(foreign("it is empty"));
    }
    let studies = studies(path, &connection)?;
    let Some((study_id, name)) = studies.into_iter().next() else {
        return Err(foreign("it has the tables of a study but holds none"));
    };
    let found = StoredIdentity::read(&connection, study_id).map_err(failed)?;
    let identity = found
        .identity(name)
        .ok_or_else(|| foreign("another program or an earlier version made it"))?;
    Ok((connection, study_id, identity))
}
