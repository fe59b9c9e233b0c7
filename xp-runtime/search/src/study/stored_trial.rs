//! Trials as they stand in the database, many at once. It writes nothing.

use std::collections::HashMap;

use xp_spec::space::Assignment;

use crate::{
    study::{
        connection::{Connection, Row, Value, values},
        distribution,
        error::StudyError,
        identity::StudyIdentity,
        keys::OUTCOME,
        sql,
    },
    trial::{Trial, TrialState},
};

/// Optuna's word for every state that has an attribute of ours.
const FAIL: &str = "FAIL";

/// A row of `trials`.
#[derive(Debug, Clone)]
pub(super) struct TrialRow {
    pub(super) trial_id: i64,
    number: u32,
    /// Optuna's word of its state.
    word: String,
}

impl TrialRow {
    fn read(row: &Row) -> Result<Self, StudyError> {
        Ok(Self {
            trial_id: row.get(0)?,
            number: row.get(1)?,
            word: row.get(2)?,
        })
    }
}

/// Rows of the trials that came after one.
pub(super) fn rows_after(
    connection: &dyn Connection,
    study_id: i64,
    trial_id: i64,
) -> Result<Vec<TrialRow>, StudyError> {
    let rows = connection.query(sql::SELECT_TRIALS_AFTER, values![study_id, trial_id])?;
    rows.iter().map(TrialRow::read).collect()
}

/// Rows of these trials.
pub(super) fn rows_of(
    connection: &dyn Connection,
    trial_ids: &[i64],
) -> Result<Vec<TrialRow>, StudyError> {
    if trial_ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = connection.query(sql::SELECT_STATES, &[Value::Ids(trial_ids)])?;
    rows.iter().map(TrialRow::read).collect()
}

/// The state from Optuna's word and our attribute.
fn state(word: &str, outcome: Option<&str>) -> TrialState {
    match word {
        "COMPLETE" => TrialState::Complete,
        "PRUNED" => TrialState::Pruned,
        "RUNNING" => TrialState::Running,
        "WAITING" => TrialState::Waiting,
        _ => outcome
            .and_then(|text| serde_json::from_str::<String>(text).ok())
            .and_then(|name| TrialState::from_name(&name))
            .unwrap_or(TrialState::Failed),
    }
}

/// The state of a trial of which Optuna's word is known.
pub(super) fn state_of(
    connection: &dyn Connection,
    trial_id: i64,
    word: &str,
) -> Result<TrialState, StudyError> {
    if word != FAIL {
        return Ok(state(word, None));
    }
    let outcomes = outcomes(connection, &[trial_id])?;
    Ok(state(word, outcomes.get(&trial_id).map(String::as_str)))
}

fn outcomes(
    connection: &dyn Connection,
    trial_ids: &[i64],
) -> Result<HashMap<i64, String>, StudyError> {
    if trial_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let values = [Value::Ids(trial_ids), Value::from(OUTCOME)];
    let rows = connection.query(sql::SELECT_ATTRIBUTE_OF, &values)?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// Trials with their points, values and curves, in the order of their rows.
pub(super) fn trials_of(
    connection: &dyn Connection,
    identity: &StudyIdentity,
    rows: &[TrialRow],
) -> Result<Vec<Trial>, StudyError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let trial_ids: Vec<i64> = rows.iter().map(|row| row.trial_id).collect();
    let ids = [Value::Ids(&trial_ids)];
    let failed = rows.iter().filter(|row| row.word == FAIL);
    let failed: Vec<i64> = failed.map(|row| row.trial_id).collect();
    let outcomes = outcomes(connection, &failed)?;
    let mut trials: HashMap<i64, Trial> = rows
        .iter()
        .map(|row| {
            let outcome = outcomes.get(&row.trial_id).map(String::as_str);
            let trial = Trial {
                number: row.number,
                state: state(&row.word, outcome),
                assignment: Assignment::new(),
                value: None,
                intermediate: Vec::new(),
            };
            (row.trial_id, trial)
        })
        .collect();
    for row in connection.query(sql::SELECT_PARAMETERS, &ids)? {
        if let Some(trial) = trials.get_mut(&row.get(0)?) {
            add_parameter(identity, trial, &row)?;
        }
    }
    let direction = identity.direction;
    for row in connection.query(sql::SELECT_VALUES, &ids)? {
        let trial = trials.get_mut(&row.get(0)?);
        if let Some(trial) =
            trial.filter(|t| matches!(t.state, TrialState::Complete | TrialState::Pruned))
        {
            trial.value = Some(direction.minimised(real(&row, 1)?));
        }
    }
    for row in connection.query(sql::SELECT_INTERMEDIATE, &ids)? {
        if let Some(trial) = trials.get_mut(&row.get(0)?) {
            let value = direction.minimised(real(&row, 2)?);
            trial.intermediate.push((row.get(1)?, value));
        }
    }
    Ok(trial_ids
        .iter()
        .filter_map(|id| trials.remove(id))
        .collect())
}

fn add_parameter(identity: &StudyIdentity, trial: &mut Trial, row: &Row) -> Result<(), StudyError> {
    let (name, stored, text): (String, f64, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let searched = &identity.space.parameters;
    let domain = searched
        .iter()
        .find(|parameter| parameter.name == name)
        .map(|parameter| &parameter.domain);
    let value = distribution::value(&text, stored, domain).map_err(|reason| {
        StudyError::UnreadableTrial {
            number: trial.number,
            reason: format!("`{name}`: {reason}"),
        }
    })?;
    trial.assignment.insert(name, value);
    Ok(())
}

/// The last finite intermediate value of a trial, in the objective's own direction.
pub(super) fn last_finite(
    connection: &dyn Connection,
    trial_id: i64,
) -> Result<Option<f64>, StudyError> {
    let rows = connection.query(sql::SELECT_INTERMEDIATE, &[Value::Ids(&[trial_id])])?;
    let curve: Vec<f64> = rows
        .iter()
        .map(|row| real(row, 2))
        .collect::<Result<_, _>>()?;
    Ok(curve.into_iter().rev().find(|value| value.is_finite()))
}

/// The number in a column, with Optuna's name of its kind in the next one.
fn real(row: &Row, column: usize) -> Result<f64, StudyError> {
    let kind: String = row.get(column + 1)?;
    Ok(match kind.as_str() {
        "INF_POS" => f64::INFINITY,
        "INF_NEG" => f64::NEG_INFINITY,
        "NAN" => f64::NAN,
        _ => row.get::<Option<f64>>(column)?.unwrap_or(f64::NAN),
    })
}
