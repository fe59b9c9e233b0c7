//! Trials as they stand in the file, and a cache of those that cannot change any more. It writes nothing.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use xp_spec::space::Assignment;

use super::{OUTCOME, StudyError, StudyIdentity, distribution, sql};
use crate::trial::{Trial, TrialState};

/// Which study is read.
pub(super) struct Sources<'a> {
    pub(super) path: &'a Path,
    pub(super) study_id: i64,
    pub(super) identity: &'a StudyIdentity,
}

/// Trials read so far.
#[derive(Default)]
pub(super) struct Cache {
    trials: Vec<Trial>,
    /// Positions and ids of trials that may still change.
    open: Vec<(usize, i64)>,
}

impl Cache {
    pub(super) fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// Reads new trials and those that may have changed.
    pub(super) fn refresh(
        &mut self,
        connection: &Connection,
        sources: &Sources<'_>,
    ) -> Result<(), StudyError> {
        let failed = |source| StudyError::from_sqlite(sources.path, source);
        for (position, trial_id) in std::mem::take(&mut self.open) {
            let Some(trial) = self.trials.get_mut(position) else {
                continue;
            };
            let (_, state) = lookup(connection, sources.study_id, trial.number)
                .map_err(failed)?
                .ok_or(StudyError::NoSuchTrial {
                    number: trial.number,
                })?;
            *trial = read(connection, sources, trial_id, trial.number, state)?;
            if may_change(state) {
                self.open.push((position, trial_id));
            }
        }
        let list = || -> rusqlite::Result<Vec<(i64, u32, String)>> {
            let mut statement = connection.prepare_cached(sql::SELECT_TRIALS)?;
            let from = self.trials.last().map_or(0, |trial| trial.number + 1);
            statement
                .query_map(params![sources.study_id, from], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect()
        };
        for (trial_id, number, word) in list().map_err(failed)? {
            let state = state(connection, trial_id, &word).map_err(failed)?;
            let trial = read(connection, sources, trial_id, number, state)?;
            if may_change(state) {
                self.open.push((self.trials.len(), trial_id));
            }
            self.trials.push(trial);
        }
        Ok(())
    }
}

/// Interrupted and thermal trials can be taken over.
fn may_change(state: TrialState) -> bool {
    state == TrialState::Running || state.says_nothing()
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

/// The state behind Optuna's word and our attribute.
fn state(connection: &Connection, trial_id: i64, word: &str) -> rusqlite::Result<TrialState> {
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

fn read(
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
            .map(|(epoch, value)| (epoch, direction.minimised(value)))
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

/// A number with its kind, in Optuna's words.
fn real(value: Option<f64>, kind: &str) -> f64 {
    match kind {
        "INF_POS" => f64::INFINITY,
        "INF_NEG" => f64::NEG_INFINITY,
        "NAN" => f64::NAN,
        _ => value.unwrap_or(f64::NAN),
    }
}
