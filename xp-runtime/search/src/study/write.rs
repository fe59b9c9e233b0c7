//! Rows of a trial, written within the caller's transaction. It decides nothing.

use rusqlite::{Connection, params};
use serde_json::{Map, Value as Json, json};
use xp_clock::Clock;

use crate::{
    study::{
        keys::{ERROR, OBSERVATION, OUTCOME, OWNER},
        outcome::Outcome,
        parameters::Stored,
        read, sql,
        time::now,
    },
    trial::TrialState,
};

/// A number as it is stored, with Optuna's name of its kind.
pub(super) fn kind(value: f64) -> (Option<f64>, &'static str) {
    if value.is_nan() {
        (None, "NAN")
    } else if value == f64::INFINITY {
        (None, "INF_POS")
    } else if value == f64::NEG_INFINITY {
        (None, "INF_NEG")
    } else {
        (Some(value), "FINITE")
    }
}

/// The rows of a trial's point.
pub(super) fn insert_parameters(
    connection: &Connection,
    trial_id: i64,
    parameters: &[Stored],
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(sql::INSERT_PARAMETER)?;
    for parameter in parameters {
        insert.execute(params![
            trial_id,
            parameter.name,
            parameter.number,
            parameter.distribution
        ])?;
    }
    Ok(())
}

/// Starts a trial and returns its number; `observation` is what its suggestion was based on.
pub(super) fn insert_trial(
    connection: &Connection,
    study_id: i64,
    parameters: &[Stored],
    clock: &Clock,
    owner: &str,
    observation: Option<&str>,
) -> rusqlite::Result<u32> {
    let number: u32 = connection
        .prepare_cached(sql::NEXT_NUMBER)?
        .query_row([study_id], |row| row.get(0))?;
    connection
        .prepare_cached(sql::INSERT_TRIAL)?
        .execute(params![number, study_id, now(clock)])?;
    let trial_id = connection.last_insert_rowid();
    insert_parameters(connection, trial_id, parameters)?;
    connection
        .prepare_cached(sql::PUT_SYSTEM_ATTRIBUTE)?
        .execute(params![trial_id, OWNER, owner])?;
    if let Some(observation) = observation {
        connection
            .prepare_cached(sql::PUT_ATTRIBUTE)?
            .execute(params![trial_id, OBSERVATION, observation])?;
    }
    Ok(number)
}

/// Ends a trial.
pub(super) fn end_trial(
    connection: &Connection,
    trial_id: i64,
    clock: &Clock,
    outcome: &Outcome,
    attributes: &Map<String, Json>,
) -> rusqlite::Result<()> {
    let state = outcome.state();
    let value = match outcome {
        Outcome::Complete { value } if value.is_finite() => Some(*value),
        Outcome::Pruned => read::last_finite(connection, trial_id)?,
        _ => None,
    };
    if let Some(value) = value {
        connection
            .prepare_cached(sql::PUT_VALUE)?
            .execute(params![trial_id, value])?;
    }
    let mut put = connection.prepare_cached(sql::PUT_ATTRIBUTE)?;
    for (key, value) in attributes {
        put.execute(params![trial_id, key, value.to_string()])?;
    }
    put.execute(params![trial_id, OUTCOME, json!(state.name()).to_string()])?;
    if let Outcome::Failed { message } = outcome {
        put.execute(params![trial_id, ERROR, json!(message).to_string()])?;
    }
    let word = match state {
        TrialState::Complete => "COMPLETE",
        TrialState::Pruned => "PRUNED",
        _ => "FAIL",
    };
    connection
        .prepare_cached(sql::END_TRIAL)?
        .execute(params![trial_id, word, now(clock)])?;
    Ok(())
}
