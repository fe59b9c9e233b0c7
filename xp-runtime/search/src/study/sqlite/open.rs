//! Study files: created, found or refused. A file that is refused is not written to.

use std::{path::Path, time::Duration};

use rusqlite::OpenFlags;

use super::{
    STEP, Sqlite,
    header::{check_header, create_folder},
    schema::{check_schema, create_tables},
};
use crate::study::{
    connection::{Connection, Lock},
    error::StudyError,
    identity::StudyIdentity,
    study_row::{check_identity, identity_of, insert_study, studies},
};

/// How long opening waits for another writer; what an open study writes waits as [`Study::on_wait`](crate::Study::on_wait) says.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Journal {
    /// Write-ahead log: readers such as optuna-dashboard never block a worker. All processes must be of one machine.
    #[default]
    Wal,
    /// Rollback journal, for file systems on which processes share no memory. Still for one machine at a time where its locks reach no other.
    Delete,
}

impl Journal {
    fn mode(self) -> &'static str {
        match self {
            Self::Wal => "WAL",
            Self::Delete => "DELETE",
        }
    }
}

/// An open file with the study's id, and whether it was created now.
pub(in crate::study) fn open(
    path: &Path,
    identity: &StudyIdentity,
    journal: Journal,
) -> Result<(Sqlite, i64, bool), StudyError> {
    create_folder(path)?;
    check_header(path)?;
    let opened = rusqlite::Connection::open(path);
    let sqlite = Sqlite::new(path, opened)?;
    sqlite.wait_for(LOCK_TIMEOUT)?;
    let is_empty = check_schema(&sqlite)?;
    let sqlite = sqlite.with_file();
    let found = if is_empty {
        None
    } else {
        find(&sqlite, identity)?
    };
    durable(&sqlite, journal)?;
    let (study_id, created) = match found {
        Some(study_id) => (study_id, false),
        None => create(&sqlite, identity)?,
    };
    sqlite.wait_for(STEP)?;
    Ok((sqlite, study_id, created))
}

/// Creates the study, unless another worker has created it while this one waited for the lock.
fn create(sqlite: &Sqlite, identity: &StudyIdentity) -> Result<(i64, bool), StudyError> {
    sqlite.begin(0, Lock::Study)?;
    let created = || {
        if check_schema(sqlite)? {
            create_tables(sqlite)?;
            return Ok((insert_study(sqlite, identity)?, true));
        }
        let found = find(sqlite, identity)?;
        let study_id = found.ok_or_else(|| without_study(sqlite))?;
        Ok((study_id, false))
    };
    let result = created().and_then(|result| sqlite.commit().map(|()| result));
    result.inspect_err(|_| sqlite.roll_back())
}

fn without_study(sqlite: &Sqlite) -> StudyError {
    StudyError::NotAStudy {
        place: sqlite.place(),
        found: "it has the tables of a study but holds none".to_owned(),
    }
}

/// The log is synchronised when a trial ends (see `Study::finish`).
fn durable(sqlite: &Sqlite, journal: Journal) -> Result<(), StudyError> {
    sqlite
        .connection
        .pragma_update_and_check(None, "journal_mode", journal.mode(), |_| Ok(()))
        .map_err(|source| sqlite.failed(source))?;
    sqlite.synchronise(true)?;
    sqlite.always_full.set(journal == Journal::Delete);
    Ok(())
}

/// The study of this identity; `None` where the file holds no study at all.
fn find(sqlite: &Sqlite, identity: &StudyIdentity) -> Result<Option<i64>, StudyError> {
    let studies = studies(sqlite)?;
    if studies.is_empty() {
        return Ok(None);
    }
    let Some((study_id, _)) = studies.iter().find(|(_, name)| *name == identity.name) else {
        let names: Vec<&str> = studies.iter().map(|(_, name)| name.as_str()).collect();
        return Err(StudyError::OtherIdentity {
            place: sqlite.place(),
            differences: vec![format!(
                "it holds {}, not `{}`",
                names.join(", "),
                identity.name
            )],
        });
    };
    check_identity(sqlite, *study_id, identity)?;
    Ok(Some(*study_id))
}

/// A connection that only reads, with the id and the identity of the file's study.
pub(in crate::study) fn open_to_read(
    path: &Path,
) -> Result<(Sqlite, i64, StudyIdentity), StudyError> {
    if !check_header(path)? {
        return Err(StudyError::Unreachable {
            path: path.to_owned(),
            source: std::sync::Arc::new(std::io::ErrorKind::NotFound.into()),
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = rusqlite::Connection::open_with_flags(path, flags);
    let sqlite = Sqlite::new(path, opened)?;
    sqlite.wait_for(LOCK_TIMEOUT)?;
    if check_schema(&sqlite)? {
        return Err(StudyError::NotAStudy {
            place: sqlite.place(),
            found: "it is empty".to_owned(),
        });
    }
    let studies = studies(&sqlite)?;
    let Some((study_id, name)) = studies.into_iter().next() else {
        return Err(without_study(&sqlite));
    };
    let identity = identity_of(&sqlite, study_id, name)?;
    Ok((sqlite, study_id, identity))
}
