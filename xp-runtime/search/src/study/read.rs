//! Trials as they stand in the file. It writes nothing.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use xp_spec::space::Assignment;

use crate::{
    study::{distribution, error::StudyError, identity::StudyIdentity, keys::OUTCOME, sql},
    trial::{Trial, TrialState},
};

/// Which study is read.
pub(super) struct Sources<'a> {
    pub(super) path: &'a Path,
    pub(super) study_id: i64,
    pub(super) identity: &'a StudyIdentity,
}

/// Id and state of a trial.
pub(super) fn lookup(
    connection: &Connection,
    study_id: i64,
    number: u32,
) -> rusqlite::Result<Option<(i64, TrialState)>> {
    let found: Option<(i64, String)> = connection
        .prepare_cached(sql::SELECT_TRIAL)?
        .query_row(params![study_id, number], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    found
        .map(|(trial_id, word)| Ok((trial_id, state(connection, trial_id, &word)?)))
        .transpose()
}

/// The state from Optuna's state and our attribute.
pub(super) fn state(
    connection: &Connection,
    trial_id: i64,
    word: &str,
) -> rusqlite::Result<TrialState> {
    Ok(match word {
        "COMPLETE" => TrialState::Complete,
        "PRUNED" => TrialState::Pruned,
        "RUNNING" => TrialState::Running,
        "WAITING" => TrialState::Waiting,
        _ => {
            let text: Option<String> = connection
                .prepare_cached(sql::SELECT_ATTRIBUTE)?
                .query_row(params![trial_id, OUTCOME], |row| row.get(0))
                .optional()?;
            let name: Option<String> = text.and_then(|text| serde_json::from_str(&text).ok());
            name.and_then(|name| TrialState::from_name(&name))
                .unwrap_or(TrialState::Failed)
        }
    })
}

/// A trial with its point, value and curve.
pub(super) fn read(
    connection: &Connection,
    sources: &Sources<'_>,
    trial_id: i64,
    number: u32,
    state: TrialState,
) -> Result<Trial, StudyError> {
    let failed = |source| StudyError::from_sqlite(sources.path, source);
    let direction = sources.identity.direction;
    let parameters = || -> rusqlite::Result<Vec<(String, f64, String)>> {
        let mut statement = connection.prepare_cached(sql::SELECT_PARAMETERS)?;
        statement
            .query_map([trial_id], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect()
    };
    let mut assignment = Assignment::new();
    for (name, stored, text) in parameters().map_err(failed)? {
        let searched = &sources.identity.space.parameters;
        let domain = searched
            .iter()
            .find(|parameter| parameter.name == name)
            .map(|parameter| &parameter.domain);
        let value = distribution::value(&text, stored, domain).map_err(|reason| {
            StudyError::UnreadableTrial {
                number,
                reason: format!("`{name}`: {reason}"),
            }
        })?;
        assignment.insert(name, value);
    }
    let value = connection
        .prepare_cached(sql::SELECT_VALUE)
        .and_then(|mut statement| {
            statement
                .query_row([trial_id], |row| {
                    Ok(real(row.get(0)?, row.get_ref(1)?.as_str()?))
                })
                .optional()
        })
        .map_err(failed)?;
    let curve = curve(connection, trial_id).map_err(failed)?;
    Ok(Trial {
        number,
        state,
        assignment,
        value: value
            .filter(|_| matches!(state, TrialState::Complete | TrialState::Pruned))
            .map(|value| direction.minimised(value)),
        intermediate: curve
            .into_iter()
            .map(|(step, value)| (step, direction.minimised(value)))
            .collect(),
    })
}

fn curve(connection: &Connection, trial_id: i64) -> rusqlite::Result<Vec<(u32, f64)>> {
    let mut statement = connection.prepare_cached(sql::SELECT_INTERMEDIATE)?;
    statement
        .query_map([trial_id], |row| {
            Ok((row.get(0)?, real(row.get(1)?, row.get_ref(2)?.as_str()?)))
        })?
        .collect()
}

/// The last finite intermediate value of a trial, in the objective's own direction.
pub(super) fn last_finite(connection: &Connection, trial_id: i64) -> rusqlite::Result<Option<f64>> {
    let curve = curve(connection, trial_id)?;
    let mut values = curve.into_iter().rev().map(|(_, value)| value);
    Ok(values.find(|value| value.is_finite()))
}

/// A number with Optuna's name of its kind.
fn real(value: Option<f64>, kind: &str) -> f64 {
    match kind {
        "INF_POS" => f64::INFINITY,
        "INF_NEG" => f64::NEG_INFINITY,
        "NAN" => f64::NAN,
        _ => value.unwrap_or(f64::NAN),
    }
}
