//! Trials as they stand in the database, many at once. It writes nothing.

use std::collections::HashMap;

use serde_json::Value as Json;
use xp_spec::space::{self, Assignment};

use crate::{
    study::{
        connection::{Connection, Row, Value},
        distribution,
        error::StudyError,
        identity::StudyIdentity,
        sql,
    },
    trial::{Trial, TrialState},
};

/// A row of `trials`.
#[derive(Debug, Clone)]
pub(super) struct TrialRow {
    pub(super) trial_id: i64,
    pub(super) number: u32,
    /// Optuna's word of its state.
    word: String,
    /// Our attribute of a state that Optuna has no word for.
    outcome: Option<String>,
}

impl TrialRow {
    fn read(row: &Row) -> Result<Self, StudyError> {
        Ok(Self {
            trial_id: row.get(0)?,
            number: row.get(1)?,
            word: row.get(2)?,
            outcome: row.get(3)?,
        })
    }

    /// Whether the trial runs.
    pub(super) fn is_running(&self) -> bool {
        self.word == "RUNNING"
    }
}

/// Rows of these trials, and then of those that came after one.
pub(super) fn rows_of(
    connection: &dyn Connection,
    study_id: i64,
    trial_ids: &[i64],
    after: i64,
) -> Result<Vec<TrialRow>, StudyError> {
    let values = [
        Value::Ids(trial_ids),
        Value::from(study_id),
        Value::from(after),
    ];
    let rows = connection.query(sql::SELECT_TRIALS, &values)?;
    rows.iter().map(TrialRow::read).collect()
}

/// The state from Optuna's word and our attribute.
pub(super) fn state(word: &str, outcome: Option<&str>) -> TrialState {
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

/// Trials whose rows are read at once: the first look at a long study needs no memory for all of them.
const AT_ONCE: usize = 4096;

/// Trials with their points, values and curves, in the order of their rows.
pub(super) fn trials_of(
    connection: &dyn Connection,
    identity: &StudyIdentity,
    rows: &[TrialRow],
) -> Result<Vec<Trial>, StudyError> {
    let mut trials = Vec::with_capacity(rows.len());
    let mut distributions = Distributions::new();
    for rows in rows.chunks(AT_ONCE) {
        trials.extend(some_of(connection, identity, rows, &mut distributions)?);
    }
    Ok(trials)
}

/// Distributions by their stored texts, of which a study has few.
type Distributions = HashMap<String, Json>;

fn some_of(
    connection: &dyn Connection,
    identity: &StudyIdentity,
    rows: &[TrialRow],
    distributions: &mut Distributions,
) -> Result<Vec<Trial>, StudyError> {
    let trial_ids: Vec<i64> = rows.iter().map(|row| row.trial_id).collect();
    let mut trials: HashMap<i64, Trial> = rows
        .iter()
        .map(|row| {
            let trial = Trial {
                number: row.number,
                state: state(&row.word, row.outcome.as_deref()),
                assignment: Assignment::new(),
                value: None,
                intermediate: Vec::new(),
            };
            (row.trial_id, trial)
        })
        .collect();
    let direction = identity.direction;
    for row in connection.query(sql::SELECT_DETAILS, &[Value::Ids(&trial_ids)])? {
        let Some(trial) = trials.get_mut(&row.get(0)?) else {
            continue;
        };
        if let Some(name) = row.text(4) {
            let value = parameter(identity, trial.number, name, &row, distributions)?;
            trial.assignment.insert(name.to_owned(), value);
        } else if let Some(step) = row.get(1)? {
            let value = direction.minimised(real(&row, 2)?);
            trial.intermediate.push((step, value));
        } else if matches!(trial.state, TrialState::Complete | TrialState::Pruned) {
            trial.value = Some(direction.minimised(real(&row, 2)?));
        }
    }
    let ordered = trial_ids.iter().filter_map(|id| {
        let mut trial = trials.remove(id)?;
        trial.intermediate.sort_by_key(|(step, _)| *step);
        Some(trial)
    });
    Ok(ordered.collect())
}

/// The value of a parameter of a trial.
fn parameter(
    identity: &StudyIdentity,
    number: u32,
    name: &str,
    row: &Row,
    distributions: &mut Distributions,
) -> Result<space::Value, StudyError> {
    let unreadable = |reason: String| StudyError::UnreadableTrial {
        number,
        reason: format!("`{name}`: {reason}"),
    };
    let text = row.text(3).unwrap_or_default();
    if !distributions.contains_key(text) {
        let parsed = distribution::parse(text).map_err(unreadable)?;
        distributions.insert(text.to_owned(), parsed);
    }
    let stored = distributions.get(text).unwrap_or(&Json::Null);
    let searched = &identity.space.parameters;
    let domain = searched
        .iter()
        .find(|parameter| parameter.name == name)
        .map(|parameter| &parameter.domain);
    distribution::value(stored, row.get(2)?, domain).map_err(unreadable)
}

/// A point of a trial's curve.
pub(super) struct Grown {
    pub(super) trial_id: i64,
    pub(super) step: u32,
    pub(super) value: f64,
}

/// What has come to the curves of trials, given by their ids and their last steps that are known; steps ascending.
pub(super) fn grown(
    connection: &dyn Connection,
    identity: &StudyIdentity,
    trial_ids: &[i64],
    steps: &[i64],
) -> Result<Vec<Grown>, StudyError> {
    if trial_ids.is_empty() {
        return Ok(Vec::new());
    }
    let values = [Value::Ids(trial_ids), Value::Ids(steps)];
    let rows = connection.query(sql::SELECT_GROWN, &values)?;
    let direction = identity.direction;
    rows.iter()
        .map(|row| {
            Ok(Grown {
                trial_id: row.get(0)?,
                step: row.get(1)?,
                value: direction.minimised(real(row, 2)?),
            })
        })
        .collect()
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
