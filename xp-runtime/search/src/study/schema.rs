//! Optuna's schema in a file: recognised, or created with the study in it. It reads no trial.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use crate::study::{
    error::StudyError,
    identity::StudyIdentity,
    keys::{DATA_MD5, METRIC_NAMES, SPACE, SPEC, SPEC_HASH},
    sql,
};

/// Whether the database is empty; an error where it is damaged or holds something else.
pub(super) fn check_schema(path: &Path, connection: &Connection) -> Result<bool, StudyError> {
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

/// Creates tables and study, and returns its id.
pub(super) fn create(connection: &Connection, identity: &StudyIdentity) -> rusqlite::Result<i64> {
    connection.execute_batch(sql::CREATE)?;
    connection.execute(
        sql::INSERT_VERSION,
        params![sql::SCHEMA_VERSION, sql::LIBRARY_VERSION],
    )?;
    connection.execute(sql::INSERT_STUDY, [&identity.name])?;
    let study_id = connection.last_insert_rowid();
    let direction = identity.direction.optuna_name();
    connection.execute(sql::INSERT_DIRECTION, params![direction, study_id])?;
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
