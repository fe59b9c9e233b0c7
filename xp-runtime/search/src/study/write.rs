//! Rows of a trial, written within the caller's transaction. It decides nothing.

use serde_json::{Map, Value as Json, json};

use crate::{
    study::{
        connection::{Change, Connection, Value, values},
        error::StudyError,
        keys::{ERROR, OBSERVATION, OUTCOME, OWNER},
        outcome::Outcome,
        parameters::Stored,
        sql,
        stored_trial::last_finite,
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

/// `(?1, ?2, ?3), (?1, ?4, ?5)`: rows of a trial, whose id is the first value, with so many other columns.
fn tuples(rows: usize, columns: usize) -> String {
    let tuple = |row: usize| {
        let places = (0..columns).map(|column| format!(", ?{}", 2 + row * columns + column));
        format!("(?1{})", places.collect::<String>())
    };
    (0..rows).map(tuple).collect::<Vec<_>>().join(", ")
}

/// The rows of a trial's point.
pub(super) fn parameters_of(trial_id: i64, parameters: &[Stored]) -> Option<Change<'_>> {
    let mut row = vec![Value::from(trial_id)];
    for parameter in parameters {
        row.extend([
            Value::from(&parameter.name),
            Value::from(parameter.number),
            Value::from(&parameter.distribution),
        ]);
    }
    let statement = format!("{}{}", sql::INSERT_PARAMETERS, tuples(parameters.len(), 3));
    (!parameters.is_empty()).then_some((statement, row))
}

/// User attributes of a trial, keys and JSON; those of the same keys are replaced.
pub(super) fn attributes_of(trial_id: i64, attributes: &[(String, String)]) -> Option<Change<'_>> {
    let mut row = vec![Value::from(trial_id)];
    for (key, text) in attributes {
        row.extend([Value::from(key), Value::from(text)]);
    }
    let (start, end) = sql::PUT_ATTRIBUTES;
    let statement = format!("{start}{}{end}", tuples(attributes.len(), 2));
    (!attributes.is_empty()).then_some((statement, row))
}

/// Attributes as they are stored.
pub(super) fn texts(attributes: &Map<String, Json>) -> Vec<(String, String)> {
    let attributes = attributes.iter();
    attributes
        .map(|(key, value)| (key.clone(), value.to_string()))
        .collect()
}

/// A trial that starts.
pub(super) struct NewTrial<'a> {
    pub(super) study_id: i64,
    pub(super) number: u32,
    pub(super) parameters: &'a [Stored],
    /// Now, by the clock of this machine.
    pub(super) now: &'a str,
    /// The process that runs it.
    pub(super) owner: &'a str,
    /// What its suggestion was based on.
    pub(super) observation: Option<Json>,
}

/// Starts a trial.
pub(super) fn insert_trial(
    connection: &dyn Connection,
    trial: &NewTrial<'_>,
) -> Result<(), StudyError> {
    let row = [
        Value::from(trial.number),
        Value::from(trial.study_id),
        Value::Utc(trial.now),
    ];
    let trial_id = new_id(connection, sql::INSERT_TRIAL, &row)?;
    let observation = trial.observation.as_ref();
    let attributes: Vec<(String, String)> = observation
        .map(|observation| (OBSERVATION.to_owned(), observation.to_string()))
        .into_iter()
        .collect();
    let owner = values![trial_id, OWNER, trial.owner].to_vec();
    let heartbeat = vec![Value::from(trial_id), Value::Heartbeat(trial.now)];
    let mut changes = vec![
        (sql::PUT_SYSTEM_ATTRIBUTE.to_owned(), owner),
        (sql::PUT_HEARTBEAT.to_owned(), heartbeat),
    ];
    changes.extend(parameters_of(trial_id, trial.parameters));
    changes.extend(attributes_of(trial_id, &attributes));
    connection.execute_all(&changes)
}

/// The id of the row that a statement inserts.
pub(super) fn new_id(
    connection: &dyn Connection,
    statement: &str,
    row: &[Value<'_>],
) -> Result<i64, StudyError> {
    let rows = connection.query(statement, row)?;
    let row = rows.first().ok_or_else(|| StudyError::Database {
        place: connection.place(),
        reason: "it gave no id to a new row".to_owned(),
    })?;
    row.get(0)
}

/// Notes that the process of a trial is alive.
pub(super) fn put_heartbeat(
    connection: &dyn Connection,
    trial_id: i64,
    now: &str,
) -> Result<(), StudyError> {
    let row = [Value::from(trial_id), Value::Heartbeat(now)];
    connection.execute(sql::PUT_HEARTBEAT, &row)?;
    Ok(())
}

/// Ends a trial.
pub(super) fn end_trial(
    connection: &dyn Connection,
    trial_id: i64,
    now: &str,
    outcome: &Outcome,
    attributes: &Map<String, Json>,
) -> Result<(), StudyError> {
    let state = outcome.state();
    let value = match outcome {
        Outcome::Complete { value } if value.is_finite() => Some(*value),
        Outcome::Pruned => last_finite(connection, trial_id)?,
        _ => None,
    };
    let mut attributes = attributes.clone();
    attributes.insert(OUTCOME.to_owned(), json!(state.name()));
    if let Outcome::Failed { message } = outcome {
        attributes.insert(ERROR.to_owned(), json!(message));
    }
    let attributes = texts(&attributes);
    let word = match state {
        TrialState::Complete => "COMPLETE",
        TrialState::Pruned => "PRUNED",
        _ => "FAIL",
    };
    let row = vec![Value::from(trial_id), Value::from(word), Value::Utc(now)];
    let mut changes = vec![(sql::END_TRIAL.to_owned(), row)];
    let value = value.map(|value| values![trial_id, value].to_vec());
    changes.extend(value.map(|row| (sql::PUT_VALUE.to_owned(), row)));
    changes.extend(attributes_of(trial_id, &attributes));
    connection.execute_all(&changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_share_the_first_value() {
        assert_eq!(tuples(2, 3), "(?1, ?2, ?3, ?4), (?1, ?5, ?6, ?7)");
        assert_eq!(tuples(1, 1), "(?1, ?2)");
    }
}
