//! Import of trials of an earlier study into a new one. Whether their values are comparable is the caller's decision.

use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};
use xp_spec::space::Assignment;

use crate::{
    evaluations::Ended,
    study::{
        cache::{Cache, Curves},
        connection::{Change, Connection, Lock, Value, values},
        error::StudyError,
        identity::Direction,
        keys::{CONTINUES, OBSERVATION},
        parameters::{Stored, stored_parameters},
        session::Study,
        sql,
        write::{attributes_of, kind, new_id, parameters_of, texts},
    },
    trial::{Trial, TrialState},
};

/// Which trials of an earlier study were imported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportedTrials {
    /// Numbers in the earlier study and in this one.
    pub copied: Vec<(u32, u32)>,
    /// Trials that were not copied, with the reason.
    pub skipped: Vec<(u32, String)>,
    /// Number of trials that had been copied before.
    pub already_copied: usize,
}

/// A trial to be copied.
struct Copy {
    name: String,
    trial: Trial,
    parameters: Vec<Stored>,
    attributes: Map<String, Json>,
    state: String,
    times: (Option<String>, Option<String>),
}

impl Study {
    /// Copies the trials of `earlier` that have a result and for which `fit` gives a point in this study's space, with their
    /// values, curves and attributes, in one transaction. Trials that were copied before, or whose point is in this study, are
    /// not copied again, so that the import can be repeated.
    pub fn import_trials(
        &mut self,
        earlier: &mut Self,
        fit: impl Fn(&Trial) -> Result<Assignment, String>,
    ) -> Result<ImportedTrials, StudyError> {
        let mut copies: Vec<Copy> = Vec::new();
        let mut unfit = Vec::new();
        for trial in earlier.trials()?.to_vec() {
            let point = match trial.state {
                TrialState::Running => Err("it is still running".to_owned()),
                state if state.is_uninformative() => Err(format!("it is {state}")),
                _ => fit(&trial),
            };
            let stored = point.and_then(|point| {
                let parameters =
                    stored_parameters(&self.identity, &point).map_err(|error| reason(&error))?;
                Ok((point, parameters))
            });
            match stored {
                Ok((point, parameters)) => copies.push(earlier.copy(trial, point, parameters)?),
                Err(reason) => unfit.push((trial.number, earlier.name_of(trial.number), reason)),
            }
        }
        let (study_id, identity) = (self.database.study_id, &self.identity);
        let cache = &mut self.cache;
        self.database.synchronise(true)?;
        let written = self.database.write(Lock::Study, |connection| {
            // Another process of the study may import the same at the same time.
            cache.refresh(connection, study_id, identity, Curves::Ended)?;
            let known = originals(connection, study_id)?;
            let mut imported = ImportedTrials::default();
            let mut points: Vec<&Assignment> = Vec::new();
            let own = cache.trials();
            for (number, name, reason) in &unfit {
                if known.contains(name) {
                    imported.already_copied += 1;
                } else {
                    imported.skipped.push((*number, reason.clone()));
                }
            }
            for copy in &copies {
                let point = &copy.trial.assignment;
                let is_there = own.iter().any(|trial| trial.assignment == *point);
                if known.contains(&copy.name) {
                    imported.already_copied += 1;
                } else if is_there || points.contains(&point) {
                    let reason = "its point is already in this study".to_owned();
                    imported.skipped.push((copy.trial.number, reason));
                } else {
                    let numbers = insert(connection, study_id, identity.direction, copy)?;
                    imported.copied.push(numbers);
                    points.push(point);
                }
            }
            imported.skipped.sort_by_key(|(number, _)| *number);
            Ok(imported)
        });
        self.database.synchronise(false)?;
        self.cache = Cache::default();
        self.ended = Ended::default();
        written
    }

    /// How copies name a trial of this study.
    fn name_of(&self, number: u32) -> String {
        format!(
            "{}@{} trial {number}",
            self.identity.name, self.identity.spec_hash
        )
    }

    /// A trial of this study as it is copied to another.
    fn copy(
        &mut self,
        trial: Trial,
        point: Assignment,
        parameters: Vec<Stored>,
    ) -> Result<Copy, StudyError> {
        let mut attributes = self.attributes(trial.number)?;
        // It has the trial numbers of this study.
        attributes.remove(OBSERVATION);
        let name = self.name_of(trial.number);
        attributes.insert(CONTINUES.to_owned(), json!(name));
        let trial_id = self.id_of(trial.number)?;
        let number = trial.number;
        let rows = self
            .database
            .read(|connection| connection.query(sql::SELECT_TIMES, values![trial_id]))?;
        let row = rows.first().ok_or(StudyError::NoSuchTrial { number })?;
        Ok(Copy {
            name,
            trial: Trial {
                assignment: point,
                ..trial
            },
            parameters,
            attributes,
            state: row.get(0)?,
            times: (row.get(1)?, row.get(2)?),
        })
    }
}

/// Names of the trials whose copies are in a study.
fn originals(connection: &dyn Connection, study_id: i64) -> Result<HashSet<String>, StudyError> {
    let rows = connection.query(sql::SELECT_VALUES_OF_KEY, values![study_id, CONTINUES])?;
    let mut names = HashSet::new();
    for row in rows {
        let text: String = row.get(0)?;
        names.extend(serde_json::from_str::<String>(&text).ok());
    }
    Ok(names)
}

/// Stores a copy; returns the number of its original and its own.
fn insert(
    connection: &dyn Connection,
    study_id: i64,
    direction: Direction,
    copy: &Copy,
) -> Result<(u32, u32), StudyError> {
    let rows = connection.query(sql::NEXT_NUMBER, values![study_id])?;
    let number: u32 = rows.first().map_or(Ok(0), |row| row.get(0))?;
    let (start, end) = &copy.times;
    let row = [
        Value::from(number),
        Value::from(study_id),
        Value::from(&copy.state),
        Value::from(start.as_deref()),
        Value::from(end.as_deref()),
    ];
    let trial_id = new_id(connection, sql::INSERT_FINISHED, &row)?;
    for (step, value) in &copy.trial.intermediate {
        let (value, kind) = kind(direction.minimised(*value));
        connection.execute(sql::PUT_INTERMEDIATE, values![trial_id, *step, value, kind])?;
    }
    if let Some(value) = copy.trial.value {
        let value = direction.minimised(value);
        connection.execute(sql::PUT_VALUE, values![trial_id, value])?;
    }
    let attributes = texts(&copy.attributes);
    let changes = [
        parameters_of(trial_id, &copy.parameters),
        attributes_of(trial_id, &attributes),
    ];
    let changes: Vec<Change<'_>> = changes.into_iter().flatten().collect();
    connection.execute_all(&changes)?;
    Ok((copy.trial.number, number))
}

/// The reason alone, without the prefix that the error has.
fn reason(error: &StudyError) -> String {
    match error {
        StudyError::Assignment(reason) => reason.clone(),
        other => other.to_string(),
    }
}
