//! The version of Optuna's schema: stamped on a new database and asked of others. The tables themselves are in `sqlite` and `postgres`.

use crate::study::{
    connection::{Connection, first, values},
    error::StudyError,
    sql,
};

/// Refuses the tables of another program, and those of another version.
pub(super) fn check_version(
    connection: &dyn Connection,
    tables: &[String],
) -> Result<(), StudyError> {
    let foreign = |found: String| StudyError::NotAStudy {
        place: connection.place(),
        found,
    };
    let has = |name: &str| tables.iter().any(|table| table == name);
    if !(has("version_info") && has("studies") && has("trials")) {
        return Err(foreign(format!(
            "it is a database of another program, with tables {}",
            tables.join(", ")
        )));
    }
    let row = first(connection, sql::SELECT_VERSION, &[])?;
    let version: Option<i64> = row.map(|row| row.get(0)).transpose()?.flatten();
    if version != Some(sql::SCHEMA_VERSION) {
        return Err(foreign(format!(
            "its schema version is {}, expected {}; `optuna storage upgrade` may convert it",
            version.map_or("absent".to_owned(), |version| version.to_string()),
            sql::SCHEMA_VERSION
        )));
    }
    Ok(())
}

/// Stamps new tables with the version.
pub(super) fn insert_version(connection: &dyn Connection) -> Result<(), StudyError> {
    connection.execute(
        sql::INSERT_VERSION,
        values![sql::SCHEMA_VERSION, sql::LIBRARY_VERSION],
    )?;
    connection.execute(sql::INSERT_REVISION, &[])?;
    Ok(())
}
