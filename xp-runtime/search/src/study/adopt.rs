//! Trials of an earlier study that fit a new one. What makes values comparable is its caller's to know.

use std::collections::HashSet;

use rusqlite::{Transaction, params};
use serde_json::{Map, Value as Json, json};
use xp_spec::space::Assignment;

use crate::{
    study::{
        cache::Cache,
        error::StudyError,
        identity::Direction,
        keys::{CONTINUES, SAW},
        parameters::{Stored, stored_parameters},
        session::Study,
        sql,
        write::{insert_parameters, kind},
    },
    trial::{Trial, TrialState},
};

/// What became of the trials of an earlier study.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Adopted {
    /// Numbers there and here.
    pub taken: Vec<(u32, u32)>,
    /// Trials that do not fit, with the reason.
    pub left: Vec<(u32, String)>,
    /// Trials that had been taken over before.
    pub known: usize,
}

/// A trial on its way.
struct Copy {
    trial: Trial,
    parameters: Vec<Stored>,
    attributes: Map<String, Json>,
    state: String,
    times: (Option<String>, Option<String>),
}

impl Study {
    /// Copies the trials of `earlier` that ended by themselves and for which `fit` tells their point in this study's space,
    /// with their values, curves and attributes; all of them or, after a crash, none. Trials that were copied before, or whose
    /// point is there, are not copied again, so that it can be repeated.
    pub fn adopt(
        &mut self,
        earlier: &mut Self,
        fit: impl Fn(&Trial) -> Result<Assignment, String>,
    ) -> Result<Adopted, StudyError> {
        let mut adopted = Adopted::default();
        let own = self.trials()?.to_vec();
        let known = self.continued(&own)?;
        let mut copies: Vec<Copy> = Vec::new();
        for trial in earlier.trials()?.to_vec() {
            let name = format!(
                "{}@{} trial {}",
                earlier.identity.name, earlier.identity.spec_hash, trial.number
            );
            if known.contains(&name) {
                adopted.known += 1;
                continue;
            }
            let point = match trial.state {
                TrialState::Running => Err("it runs".to_owned()),
                state if state.says_nothing() => Err(format!("it is {state}")),
                _ => fit(&trial),
            };
            let stored = point.and_then(|point| {
                let parameters =
                    stored_parameters(&self.identity, &point).map_err(|error| reason(&error))?;
                let there = own.iter().map(|trial| &trial.assignment);
                let copied = copies.iter().map(|copy| &copy.trial.assignment);
                if there.chain(copied).any(|other| *other == point) {
                    return Err("its point is there already".to_owned());
                }
                Ok((point, parameters))
            });
            match stored {
                Ok((point, parameters)) => {
                    let mut copy = earlier.copy(trial, point, parameters)?;
                    copy.attributes.insert(CONTINUES.to_owned(), json!(name));
                    copies.push(copy);
                }
                Err(reason) => adopted.left.push((trial.number, reason)),
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
        adopted.taken = written?;
        self.cache = Cache::default();
        Ok(adopted)
    }

    /// Names of the trials whose copies are here.
    fn continued(&self, trials: &[Trial]) -> Result<HashSet<String>, StudyError> {
        let mut names = HashSet::new();
        for trial in trials {
            let attributes = self.database.attributes(trial.number)?;
            let name = attributes.get(CONTINUES).and_then(Json::as_str);
            names.extend(name.map(str::to_owned));
        }
        Ok(names)
    }

    /// A trial of this study with all that another needs of it.
    fn copy(
        &self,
        trial: Trial,
        point: Assignment,
        parameters: Vec<Stored>,
    ) -> Result<Copy, StudyError> {
        let mut attributes = self.database.attributes(trial.number)?;
        // It names trials by their numbers here.
        attributes.remove(SAW);
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

/// Stores a copy; the number of its original and its own.
fn insert(
    transaction: &Transaction<'_>,
    study_id: i64,
    direction: Direction,
    copy: &Copy,
) -> rusqlite::Result<(u32, u32)> {
    let number: u32 = transaction.query_row(sql::NEXT_NUMBER, [study_id], |row| row.get(0))?;
    let (start, end) = &copy.times;
    transaction.execute(
        sql::INSERT_ENDED,
        params![number, study_id, copy.state, start, end],
    )?;
    let trial_id = transaction.last_insert_rowid();
    insert_parameters(transaction, trial_id, &copy.parameters)?;
    for (epoch, value) in &copy.trial.intermediate {
        let (value, kind) = kind(direction.minimised(*value));
        transaction.execute(sql::PUT_INTERMEDIATE, params![trial_id, epoch, value, kind])?;
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

/// The reason alone: it stands behind a trial's number.
fn reason(error: &StudyError) -> String {
    match error {
        StudyError::Assignment(reason) => reason.clone(),
        other => other.to_string(),
    }
}
