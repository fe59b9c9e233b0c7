//! Opening a study file: create, recognise, refuse. A file that is refused is not written to.

use std::{fs, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};
use serde_json::{Value as Json, json};
use xp_spec::space::SearchSpace;

use super::{
    StudyError, StudyIdentity,
    identity::{Direction, changes, difference},
    sql,
};

/// How long a writer waits for another.
const BUSY: Duration = Duration::from_secs(30);
/// First bytes of an SQLite file.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Keys of the study's user attributes.
const SPEC_HASH: &str = "spec_hash";
const DATA_MD5: &str = "data_md5";
const SPACE: &str = "search_space";
const SPEC: &str = "spec";
/// Key of Optuna's system attribute with the names of objectives.
const METRIC_NAMES: &str = "study:metric_names";

/// An open connection with the study's id, and whether it was created now.
pub(super) fn connect(
    path: &Path,
    identity: &StudyIdentity,
) -> Result<(Connection, i64, bool), StudyError> {
    create_folder(path)?;
    look_at_file(path)?;
    let failed = |source| StudyError::from_sqlite(path, source);
    let mut connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    let empty = recognise(path, &connection)?;
    if !empty && let Some(study_id) = find(path, &connection, identity)? {
        durable(&connection).map_err(failed)?;
        return Ok((connection, study_id, false));
    }
    durable(&connection).map_err(failed)?;
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    // Another worker may have created it while this one waited for the lock.
    let created = recognise(path, &transaction)?;
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
/// ends (see [`super::Study::finish`]).
fn durable(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")
}

fn create_folder(path: &Path) -> Result<(), StudyError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or(Ok(()), |folder| {
        fs::create_dir_all(folder).map_err(|source| StudyError::Unreachable {
            path: path.to_owned(),
            source,
        })
    })
}

/// Whether there is a file; what SQLite would take for an empty or broken database is refused.
fn look_at_file(path: &Path) -> Result<bool, StudyError> {
    let unreachable = |source| StudyError::Unreachable {
        path: path.to_owned(),
        source,
    };
    let mut start = Vec::new();
    match fs::File::open(path) {
        Ok(file) => {
            std::io::Read::read_to_end(&mut std::io::Read::take(file, 100), &mut start)
                .map_err(unreachable)?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unreachable(error)),
    }
    if start.is_empty() || (start.starts_with(MAGIC) && start.len() == 100) {
        return Ok(true);
    }
    if MAGIC.starts_with(&start) || start.starts_with(MAGIC) {
        return Err(StudyError::Damaged {
            path: path.to_owned(),
            reason: format!("only {} bytes are left of it", start.len()),
        });
    }
    Err(StudyError::NotAStudy {
        path: path.to_owned(),
        found: "it is no SQLite database".to_owned(),
    })
}

/// Whether the database is empty; an error where it is damaged or holds something else.
fn recognise(path: &Path, connection: &Connection) -> Result<bool, StudyError> {
    let failed = |source| StudyError::from_sqlite(path, source);
    let checked: String = connection
        .query_row(sql::CHECK, [], |row| row.get(0))
        .map_err(failed)?;
    if checked != "ok" {
        return Err(StudyError::Damaged {
            path: path.to_owned(),
            reason: checked.replace('\n', ", "),
        });
    }
    let mut statement = connection.prepare(sql::SELECT_TABLES).map_err(failed)?;
    let tables: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .map_err(failed)?;
    if tables.is_empty() {
        return Ok(true);
    }
    let foreign = |found: String| StudyError::NotAStudy {
        path: path.to_owned(),
        found,
    };
    let has = |name: &str| tables.iter().any(|table| table == name);
    if !(has("version_info") && has("studies") && has("trials")) {
        return Err(foreign(format!(
            "it is a database of another program, with tables {}",
            tables.join(", ")
        )));
    }
    let version: Option<i64> = connection
        .query_row(sql::SELECT_VERSION, [], |row| row.get(0))
        .optional()
        .map_err(failed)?;
    if version != Some(sql::SCHEMA_VERSION) {
        return Err(foreign(format!(
            "its schema version is {}, expected {}; `optuna storage upgrade` may convert it",
            version.map_or("absent".to_owned(), |version| version.to_string()),
            sql::SCHEMA_VERSION
        )));
    }
    Ok(false)
}

/// What a study's rows tell of its identity; what another program did not write is absent.
struct Found {
    spec_hash: Option<String>,
    data_md5: Option<String>,
    directions: Vec<String>,
    metric: Option<String>,
    space: Option<SearchSpace>,
    spec: Option<Json>,
}

impl Found {
    fn read(connection: &Connection, study_id: i64) -> rusqlite::Result<Self> {
        let attribute = |statement: &str, key: &str| -> rusqlite::Result<Option<Json>> {
            let text: Option<String> = connection
                .query_row(statement, params![study_id, key], |row| row.get(0))
                .optional()?;
            Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
        };
        let own = |key: &str| attribute(sql::SELECT_STUDY_ATTRIBUTE, key);
        let text = |value: Option<Json>| value.and_then(|value| Some(value.as_str()?.to_owned()));
        let names = attribute(sql::SELECT_STUDY_SYSTEM_ATTRIBUTE, METRIC_NAMES)?;
        let mut statement = connection.prepare(sql::SELECT_DIRECTION)?;
        let directions = statement.query_map([study_id], |row| row.get(0))?;
        Ok(Self {
            spec_hash: text(own(SPEC_HASH)?),
            data_md5: text(own(DATA_MD5)?),
            directions: directions.collect::<rusqlite::Result<_>>()?,
            metric: names.and_then(|names| Some(names.get(0)?.as_str()?.to_owned())),
            space: own(SPACE)?.and_then(|space| serde_json::from_value(space).ok()),
            spec: own(SPEC)?,
        })
    }

    /// Where it differs from what is wanted, one clause for each place.
    fn differences(&self, wanted: &StudyIdentity) -> Vec<String> {
        let mut differences = Vec::new();
        for (what, found, wanted) in [
            ("spec hash", &self.spec_hash, &wanted.spec_hash),
            ("MD5 of the data", &self.data_md5, &wanted.data_md5),
        ] {
            if found.as_ref() != Some(wanted) {
                let found = found.as_deref();
                differences.push(format!(
                    "its {what} is {}, the experiment's is {wanted}",
                    found.unwrap_or("absent, so another program made it")
                ));
            }
        }
        if !differences.is_empty() {
            if let Some(space) = &self.space {
                differences.extend(difference(space, &wanted.space));
            }
            if let Some(spec) = &self.spec {
                differences.extend(changes(spec, &wanted.spec));
            }
        }
        if self.directions != [wanted.direction.word()] {
            differences.push(format!(
                "its direction is {}, the experiment's is {}",
                self.directions.join(", "),
                wanted.direction.word()
            ));
        }
        differences
    }

    fn identity(self, name: String) -> Option<StudyIdentity> {
        let [direction] = &self.directions[..] else {
            return None;
        };
        Some(StudyIdentity {
            name,
            spec_hash: self.spec_hash?,
            data_md5: self.data_md5?,
            direction: Direction::from_word(direction)?,
            metric: self.metric?,
            space: self.space?,
            spec: self.spec?,
        })
    }
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
    let found = Found::read(connection, *study_id).map_err(failed)?;
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
    if !look_at_file(path)? {
        return Err(StudyError::Unreachable {
            path: path.to_owned(),
            source: std::io::ErrorKind::NotFound.into(),
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    let foreign = |found: &str| StudyError::NotAStudy {
        path: path.to_owned(),
        found: found.to_owned(),
    };
    if recognise(path, &connection)? {
        return Err(foreign("it is empty"));
    }
    let studies = studies(path, &connection)?;
    let Some((study_id, name)) = studies.into_iter().next() else {
        return Err(foreign("it has the tables of a study but holds none"));
    };
    let found = Found::read(&connection, study_id).map_err(failed)?;
    let identity = found
        .identity(name)
        .ok_or_else(|| foreign("another program or an earlier version made it"))?;
    Ok((connection, study_id, identity))
}

fn create(connection: &Connection, identity: &StudyIdentity) -> rusqlite::Result<i64> {
    connection.execute_batch(sql::CREATE)?;
    connection.execute(
        sql::INSERT_VERSION,
        params![sql::SCHEMA_VERSION, sql::LIBRARY_VERSION],
    )?;
    connection.execute(sql::INSERT_STUDY, [&identity.name])?;
    let study_id = connection.last_insert_rowid();
    let direction: Direction = identity.direction;
    connection.execute(sql::INSERT_DIRECTION, params![direction.word(), study_id])?;
    connection.execute(
        sql::PUT_STUDY_SYSTEM_ATTRIBUTE,
        params![study_id, METRIC_NAMES, json!([identity.metric]).to_string()],
    )?;
    for (key, value) in [
        (SPEC_HASH, json!(identity.spec_hash)),
        (DATA_MD5, json!(identity.data_md5)),
        (SPACE, json!(identity.space)),
        (SPEC, identity.spec.clone()),
    ] {
        connection.execute(
            sql::PUT_STUDY_ATTRIBUTE,
            params![study_id, key, value.to_string()],
        )?;
    }
    Ok(study_id)
}
