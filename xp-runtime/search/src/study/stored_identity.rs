//! The stored identity of a study, and its differences from the experiment's. It changes nothing.

use serde_json::Value as Json;
use xp_spec::space::SearchSpace;

use crate::study::{
    connection::{Connection, first, values},
    error::StudyError,
    identity::{Direction, StudyIdentity, changes, difference},
    keys::{DATA_MD5, METRIC_NAMES, SPACE, SPEC, SPEC_HASH},
    sql,
};

/// The identity in a study's rows; what another program did not write is absent.
pub(super) struct StoredIdentity {
    spec_hash: Option<String>,
    data_md5: Option<String>,
    directions: Vec<String>,
    metric: Option<String>,
    space: Option<SearchSpace>,
    spec: Option<Json>,
}

impl StoredIdentity {
    pub(super) fn read(connection: &dyn Connection, study_id: i64) -> Result<Self, StudyError> {
        let attribute = |statement: &str, key: &str| -> Result<Option<Json>, StudyError> {
            let row = first(connection, statement, values![study_id, key])?;
            let text: Option<String> = row.map(|row| row.get(0)).transpose()?.flatten();
            Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
        };
        let own = |key: &str| attribute(sql::SELECT_STUDY_ATTRIBUTE, key);
        let text = |value: Option<Json>| value.and_then(|value| Some(value.as_str()?.to_owned()));
        let names = attribute(sql::SELECT_STUDY_SYSTEM_ATTRIBUTE, METRIC_NAMES)?;
        let directions = connection.query(sql::SELECT_DIRECTION, values![study_id])?;
        Ok(Self {
            spec_hash: text(own(SPEC_HASH)?),
            data_md5: text(own(DATA_MD5)?),
            directions: directions
                .iter()
                .map(|row| row.get(0))
                .collect::<Result<_, _>>()?,
            metric: names.and_then(|names| Some(names.get(0)?.as_str()?.to_owned())),
            space: own(SPACE)?.and_then(|space| serde_json::from_value(space).ok()),
            spec: own(SPEC)?,
        })
    }

    /// Differences from the identity that is wanted, one clause each.
    pub(super) fn differences(&self, wanted: &StudyIdentity) -> Vec<String> {
        let mut differences = Vec::new();
        for (what, found, wanted) in [
            ("spec hash", &self.spec_hash, &wanted.spec_hash),
            ("MD5 of the data", &self.data_md5, &wanted.data_md5),
        ] {
            if found.as_ref() != Some(wanted) {
                let found = found.as_deref();
                differences.push(format!(
                    "its {what} is {}, the experiment's is {wanted}",
                    found.unwrap_or("absent, so another program made it")
                ));
            }
        }
        if !differences.is_empty() {
            if let Some(space) = &self.space {
                differences.extend(difference(space, &wanted.space));
            }
            if let Some(spec) = &self.spec {
                differences.extend(changes(spec, &wanted.spec));
            }
        }
        if self.directions != [wanted.direction.optuna_name()] {
            differences.push(format!(
                "its direction is {}, the experiment's is {}",
                self.directions.join(", "),
                wanted.direction.optuna_name()
            ));
        }
        differences
    }

    /// The whole identity; `None` where a part is absent.
    pub(super) fn identity(self, name: String) -> Option<StudyIdentity> {
        let [direction] = &self.directions[..] else {
            return None;
        };
        Some(StudyIdentity {
            name,
            spec_hash: self.spec_hash?,
            data_md5: self.data_md5?,
            direction: Direction::from_optuna(direction)?,
            metric: self.metric?,
            space: self.space?,
            spec: self.spec?,
        })
    }
}
