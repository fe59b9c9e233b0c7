//! An open study and what can be read of it. It writes nothing; what writes is in `trials`, `liveness` and `adopt`.

use serde_json::{Map, Value as Json};
use xp_clock::Clock;

use crate::{
    study::{
        cache::Cache, database::Database, error::StudyError, identity::StudyIdentity,
        process::Owner, read::Sources,
    },
    trial::Trial,
};

/// What opening a study found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// Whether the study is new.
    pub created: bool,
    /// Trials whose process had died; they are `interrupted` now.
    pub interrupted: Vec<u32>,
    /// Trials that a living process of this machine runs.
    pub running_here: Vec<u32>,
    /// Trials that another machine or another program runs, as far as can be known from here. [`Study::interrupt`] ends one
    /// whose machine is known to be gone.
    pub running_elsewhere: Vec<u32>,
}

/// An open study.
pub struct Study {
    pub(super) database: Database,
    pub(super) identity: StudyIdentity,
    pub(super) clock: Clock,
    /// This process.
    pub(super) owner: Owner,
    pub(super) opening: Opening,
    pub(super) cache: Cache,
}

impl Study {
    /// A study as the file has it, with nothing changed yet.
    pub(super) fn new(
        database: Database,
        identity: StudyIdentity,
        clock: Clock,
        created: bool,
    ) -> Self {
        Self {
            database,
            identity,
            clock,
            owner: Owner::current(),
            opening: Opening {
                created,
                ..Opening::default()
            },
            cache: Cache::default(),
        }
    }

    /// What opening it found.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Which study this is.
    pub fn identity(&self) -> &StudyIdentity {
        &self.identity
    }

    /// All trials in order of their numbers, values minimised. Only what may have changed is read from the file.
    pub fn trials(&mut self) -> Result<&[Trial], StudyError> {
        let sources = Sources {
            path: &self.database.path,
            study_id: self.database.study_id,
            identity: &self.identity,
        };
        self.cache.refresh(&self.database.connection, &sources)?;
        Ok(self.cache.trials())
    }

    /// What was kept of a trial, in the order in which it was stored.
    pub fn attributes(&self, number: u32) -> Result<Map<String, Json>, StudyError> {
        self.database.attributes(number)
    }

    /// The process that runs or ran a trial; `None` for a trial of another program.
    pub fn owner(&self, number: u32) -> Result<Option<Owner>, StudyError> {
        let (trial_id, _) = self.database.lookup(number)?;
        self.database.owner_of(trial_id)
    }
}
