//! Opening a study file: create, recognise, refuse. A file that is refused is not written to.

use std::{fs, path::Path, time::Duration};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde_json::json;
use xp_spec::space::SearchSpace;

use super::{
    StudyError, StudyIdentity,
    identity::{Direction, difference},
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

/// An open connection with the study's id, and whether it was created now.
pub(super) fn connect(
    path: &Path,
    identity: &StudyIdentity,
) -> Result<(Connection, i64, bool), StudyError> {
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

/// Creates the folder, and refuses what SQLite would take for an empty or broken database.
fn look_at_file(path: &Path) -> Result<(), StudyError> {
    let unreachable = |source| StudyError::Unreachable {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(unreachable)?;
    }
    let mut start = Vec::new();
    match fs::File::open(path) {
        Ok(file) => {
            std::io::Read::read_to_end(&mut std::io::Read::take(file, 100), &mut start)
                .map_err(unreachable)?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreachable(error)),
    }
    if start.is_empty() || (start.starts_with(MAGIC) && start.len() == 100) {
        return Ok(());
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

/// The study of this identity; `None` where the file holds no study at all.
fn find(
    path: &Path,
    connection: &Connection,
    identity: &StudyIdentity,
) -> Result<Option<i64>, StudyError> {
    let failed = |source| StudyError::from_sqlite(path, source);
    let mut statement = connection.prepare(sql::SELECT_STUDIES).map_err(failed)?;
    let studies: Vec<(i64, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect)
        .map_err(failed)?;
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
    let stored = |key: &str| -> Result<Option<serde_json::Value>, StudyError> {
        let text: Option<String> = connection
            .query_row(sql::SELECT_STUDY_ATTRIBUTE, params![study_id, key], |row| {
                row.get(0)
            })
            .optional()
            .map_err(failed)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    };
    let mut differences = Vec::new();
    for (key, what, wanted) in [
        (SPEC_HASH, "spec hash", &identity.spec_hash),
        (DATA_MD5, "MD5 of the data", &identity.data_md5),
    ] {
        let found = stored(key)?;
        let found = found.as_ref().and_then(serde_json::Value::as_str);
        if found != Some(wanted) {
            let found = found.unwrap_or("absent, so another program made it");
            differences.push(format!(
                "its {what} is {found}, the experiment's is {wanted}"
            ));
        }
    }
    if !differences.is_empty()
        && let Some(space) = stored(SPACE)?
        && let Ok(space) = serde_json::from_value::<SearchSpace>(space)
    {
        differences.extend(difference(&space, &identity.space));
    }
    let mut statement = connection.prepare(sql::SELECT_DIRECTION).map_err(failed)?;
    let directions: Vec<String> = statement
        .query_map([study_id], |row| row.get(0))
        .and_then(Iterator::collect)
        .map_err(failed)?;
    if directions != [identity.direction.word()] {
        differences.push(format!(
            "its direction is {}, the experiment's is {}",
            directions.join(", "),
            identity.direction.word()
        ));
    }
    if differences.is_empty() {
        return Ok(Some(*study_id));
    }
    Err(StudyError::OtherIdentity {
        path: path.to_owned(),
        differences,
    })
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
        params![
            study_id,
            "study:metric_names",
            json!([identity.metric]).to_string()
        ],
    )?;
    for (key, value) in [
        (SPEC_HASH, json!(identity.spec_hash)),
        (DATA_MD5, json!(identity.data_md5)),
        (SPACE, json!(identity.space)),
    ] {
        connection.execute(
            sql::PUT_STUDY_ATTRIBUTE,
            params![study_id, key, value.to_string()],
        )?;
    }
    Ok(study_id)
}
