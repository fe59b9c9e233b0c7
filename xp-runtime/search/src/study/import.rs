//! Import of trials of an earlier study into a new one. Whether their values are comparable is the caller's decision.

use std::collections::HashSet;

use rusqlite::{Connection, params};
use serde_json::{Map, Value as Json, json};
use xp_spec::space::Assignment;

use crate::{
    study::{
        cache::Cache,
        error::StudyError,
        identity::Direction,
        keys::{CONTINUES, OBSERVATION},
        parameters::{Stored, stored_parameters},
        session::Study,
        sql,
        write::{insert_parameters, kind},
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
        let mut imported = ImportedTrials::default();
        let own = self.trials()?.to_vec();
        let known = self.originals(&own)?;
        let mut copies: Vec<Copy> = Vec::new();
        for trial in earlier.trials()?.to_vec() {
            let name = format!(
                "{}@{} trial {}",
                earlier.identity.name, earlier.identity.spec_hash, trial.number
            );
            if known.contains(&name) {
                imported.already_copied += 1;
                continue;
            }
            let point = match trial.state {
                TrialState::Running => Err("it is still running".to_owned()),
                state if state.is_uninformative() => Err(format!("it is {state}")),
                _ => fit(&trial),
            };
            let stored = point.and_then(|point| {
                let parameters =
                    stored_parameters(&self.identity, &point).map_err(|error| reason(&error))?;
                let existing = own.iter().map(|trial| &trial.assignment);
                let copied = copies.iter().map(|copy| &copy.trial.assignment);
                if existing.chain(copied).any(|other| *other == point) {
                    return Err("its point is already in this study".to_owned());
                }
                Ok((point, parameters))
            });
            match stored {
                Ok((point, parameters)) => {
                    let mut copy = earlier.copy(trial, point, parameters)?;
                    copy.attributes.insert(CONTINUES.to_owned(), json!(name));
                    copies.push(copy);
                }
                Err(reason) => imported.skipped.push((trial.number, reason)),
            }
        }
        let (study_id, direction) = (self.database.study_id, self.identity.direction);
        self.database.synchronise(true)?;
        let written = self.database.write(|transaction| {
            copies
                .iter()
                .map(|copy| insert(transaction, study_id, direction, copy))
                .collect()
        });
        self.database.synchronise(false)?;
        imported.copied = written?;
        self.cache = Cache::default();
        Ok(imported)
    }

    /// Names of the trials whose copies are in this study.
    fn originals(&self, trials: &[Trial]) -> Result<HashSet<String>, StudyError> {
        let mut names = HashSet::new();
        for trial in trials {
            let attributes = self.database.attributes(trial.number)?;
            let name = attributes.get(CONTINUES).and_then(Json::as_str);
            names.extend(name.map(str::to_owned));
        }
        Ok(names)
    }

    /// A trial of this study as it is copied to another.
    fn copy(
        &self,
        trial: Trial,
        point: Assignment,
        parameters: Vec<Stored>,
    ) -> Result<Copy, StudyError> {
        let mut attributes = self.database.attributes(trial.number)?;
        // It has the trial numbers of this study.
        attributes.remove(OBSERVATION);
        let (trial_id, _) = self.database.lookup(trial.number)?;
        let (state, start, end) = self
            .database
            .connection
            .query_row(sql::SELECT_TIMES, [trial_id], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .map_err(|source| self.database.failed(source))?;
        Ok(Copy {
            trial: Trial {
                assignment: point,
                ..trial
            },
            parameters,
            attributes,
            state,
            times: (start, end),
        })
    }
}

/// Stores a copy; returns the number of its original and its own.
fn insert(
    transaction: &Connection,
    study_id: i64,
    direction: Direction,
    copy: &Copy,
) -> rusqlite::Result<(u32, u32)> {
    let number: u32 = transaction.query_row(sql::NEXT_NUMBER, [study_id], |row| row.get(0))?;
    let (start, end) = &copy.times;
    transaction.execute(
        sql::INSERT_FINISHED,
        params![number, study_id, copy.state, start, end],
    )?;
    let trial_id = transaction.last_insert_rowid();
    insert_parameters(transaction, trial_id, &copy.parameters)?;
    for (step, value) in &copy.trial.intermediate {
        let (value, kind) = kind(direction.minimised(*value));
        transaction.execute(sql::PUT_INTERMEDIATE, params![trial_id, step, value, kind])?;
    }
    if let Some(value) = copy.trial.value {
        let value = direction.minimised(value);
        transaction.execute(sql::PUT_VALUE, params![trial_id, value])?;
    }
    for (key, value) in &copy.attributes {
        let value = value.to_string();
        transaction.execute(sql::PUT_ATTRIBUTE, params![trial_id, key, value])?;
    }
    Ok((copy.trial.number, number))
}

/// The reason alone, without the prefix that the error has.
fn reason(error: &StudyError) -> String {
    match error {
        StudyError::Assignment(reason) => reason.clone(),
        other => other.to_string(),
    }
}
