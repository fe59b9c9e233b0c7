//! Studies on a server: created, found or refused. A study that is refused is not written to.

use xp_clock::Clock;
use xp_postgres::Settings;

use super::{
    Postgres,
    schema::{check_schema, create_tables},
};
use crate::study::{
    connection::{Connection, first, values},
    error::StudyError,
    identity::StudyIdentity,
    sql,
    study_row::{check_identity, identity_of, insert_study},
};

/// Begins a transaction that is alone in looking for a study and creating it; the number is that of nobody else, `xp` and `study`.
const BEGIN: &str = "BEGIN; SELECT pg_advisory_xact_lock(24944, 7566453)";

/// A connection with the study's id, and whether it was created now.
pub(in crate::study) fn open(
    settings: &Settings,
    identity: &StudyIdentity,
    clock: &Clock,
) -> Result<(Postgres, i64, bool), StudyError> {
    let server = Postgres::new(settings, clock)?;
    // All but the first of many find it without a lock.
    if !check_schema(&server)?
        && let Some(study_id) = find(&server, &identity.name)?
    {
        check_identity(&server, study_id, identity)?;
        return Ok((server, study_id, false));
    }
    server.batch(BEGIN)?;
    let found = find_or_create(&server, identity)
        .and_then(|found| server.commit().map(|()| found))
        .inspect_err(|_| server.roll_back());
    let (study_id, created) = found?;
    Ok((server, study_id, created))
}

fn find_or_create(server: &Postgres, identity: &StudyIdentity) -> Result<(i64, bool), StudyError> {
    if check_schema(server)? {
        create_tables(server)?;
    }
    if let Some(study_id) = find(server, &identity.name)? {
        check_identity(server, study_id, identity)?;
        return Ok((study_id, false));
    }
    Ok((insert_study(server, identity)?, true))
}

fn find(server: &Postgres, name: &str) -> Result<Option<i64>, StudyError> {
    let row = first(server, sql::SELECT_STUDY, values![name])?;
    row.map(|row| row.get(0)).transpose()
}

/// A connection to look at the study of a name, with its id and identity; absent where there is none.
pub(in crate::study) fn open_to_read(
    settings: &Settings,
    name: &str,
    clock: &Clock,
) -> Result<Option<(Postgres, i64, StudyIdentity)>, StudyError> {
    let server = Postgres::new(settings, clock)?;
    if check_schema(&server)? {
        return Ok(None);
    }
    let Some(study_id) = find(&server, name)? else {
        return Ok(None);
    };
    let identity = identity_of(&server, study_id, name.to_owned())?;
    Ok(Some((server, study_id, identity)))
}
