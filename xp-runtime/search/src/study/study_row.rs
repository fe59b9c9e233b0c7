//! The rows of a study itself: listed, compared with the experiment, inserted. It reads no trial.

use serde_json::json;

use crate::study::{
    connection::{Connection, values},
    error::StudyError,
    identity::StudyIdentity,
    keys::{DATA_MD5, METRIC_NAMES, SPACE, SPEC, SPEC_HASH},
    sql,
    stored_identity::StoredIdentity,
    write::new_id,
};

/// Ids and names of all studies in a database.
pub(super) fn studies(connection: &dyn Connection) -> Result<Vec<(i64, String)>, StudyError> {
    let rows = connection.query(sql::SELECT_STUDIES, &[])?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// Refuses a study that is not of this experiment, specification and data.
pub(super) fn check_identity(
    connection: &dyn Connection,
    study_id: i64,
    wanted: &StudyIdentity,
) -> Result<(), StudyError> {
    let differences = StoredIdentity::read(connection, study_id)?.differences(wanted);
    if differences.is_empty() {
        return Ok(());
    }
    Err(StudyError::OtherIdentity {
        place: connection.place(),
        differences,
    })
}

/// The identity of a stored study.
pub(super) fn identity_of(
    connection: &dyn Connection,
    study_id: i64,
    name: String,
) -> Result<StudyIdentity, StudyError> {
    let found = StoredIdentity::read(connection, study_id)?;
    found.identity(name).ok_or_else(|| StudyError::NotAStudy {
        place: connection.place(),
        found: "another program or an earlier version made it".to_owned(),
    })
}

/// Inserts a study without trials; its id.
pub(super) fn insert_study(
    connection: &dyn Connection,
    identity: &StudyIdentity,
) -> Result<i64, StudyError> {
    let study_id = new_id(connection, sql::INSERT_STUDY, values![&identity.name])?;
    let direction = identity.direction.optuna_name();
    connection.execute(sql::INSERT_DIRECTION, values![direction, study_id])?;
    let names = json!([identity.metric]).to_string();
    connection.execute(
        sql::PUT_STUDY_SYSTEM_ATTRIBUTE,
        values![study_id, METRIC_NAMES, &names],
    )?;
    for (key, value) in [
        (SPEC_HASH, json!(identity.spec_hash)),
        (DATA_MD5, json!(identity.data_md5)),
        (SPACE, json!(identity.space)),
        (SPEC, identity.spec.clone()),
    ] {
        let text = value.to_string();
        connection.execute(sql::PUT_STUDY_ATTRIBUTE, values![study_id, key, &text])?;
    }
    Ok(study_id)
}
