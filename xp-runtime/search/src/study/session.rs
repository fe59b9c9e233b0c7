//! An open study and what can be read of it. It writes nothing; what writes is in `trials`, `heartbeat` and `import`.

use serde_json::{Map, Value as Json};
use xp_clock::Clock;

use crate::{
    study::{
        cache::Cache, database::Database, error::StudyError, identity::StudyIdentity,
        process::Owner, read::Sources, silence::Heartbeats,
    },
    trial::Trial,
};

/// Result of opening a study.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenReport {
    /// Whether the study is new.
    pub created: bool,
    /// Trials whose process had exited; they are `interrupted` now.
    pub interrupted: Vec<u32>,
    /// Trials that a process of this machine runs.
    pub running_locally: Vec<u32>,
    /// Trials that another machine or another program runs, as far as can be known from here. [`Study::interrupt`] ends one
    /// whose machine is known to be down.
    pub running_remotely: Vec<u32>,
}

/// An open study.
pub struct Study {
    pub(super) database: Database,
    pub(super) identity: StudyIdentity,
    pub(super) clock: Clock,
    /// This process.
    pub(super) owner: Owner,
    pub(super) report: OpenReport,
    pub(super) cache: Cache,
    pub(super) heartbeats: Heartbeats,
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
            report: OpenReport {
                created,
                ..OpenReport::default()
            },
            cache: Cache::default(),
            heartbeats: Heartbeats::default(),
        }
    }

    /// Result of opening it.
    pub fn open_report(&self) -> &OpenReport {
        &self.report
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

    /// User attributes of a trial, in the order in which they were stored.
    pub fn attributes(&self, number: u32) -> Result<Map<String, Json>, StudyError> {
        self.database.attributes(number)
    }

    /// The process that runs or ran a trial; `None` for a trial of another program.
    pub fn owner(&self, number: u32) -> Result<Option<Owner>, StudyError> {
        let (trial_id, _) = self.database.lookup(number)?;
        self.database.owner_of(trial_id)
    }
}
