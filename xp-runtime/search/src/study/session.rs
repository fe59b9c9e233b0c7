//! An open study and what can be read of it. It writes nothing; what writes is in `trials`, `heartbeat` and `import`.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Map, Value as Json};
use xp_clock::Clock;

use crate::{
    evaluations::Ended,
    study::{
        cache::{Cache, Curves},
        database::{Database, holder_now},
        error::StudyError,
        identity::StudyIdentity,
        process::Owner,
        silence::Heartbeats,
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
    /// Those of them that another program runs: nobody can know whether it still does.
    pub running_in_other_programs: Vec<u32>,
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
    /// What suggestions know of trials that have ended.
    pub(super) ended: Ended,
    pub(super) heartbeats: Heartbeats,
    /// Trials that this process has started or resumed and not ended.
    pub(super) mine: BTreeSet<u32>,
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
            ended: Ended::default(),
            heartbeats: Heartbeats::default(),
            mine: BTreeSet::new(),
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

    /// All trials in order of their numbers, values minimised. Only what may have changed is read from the database.
    pub fn trials(&mut self) -> Result<&[Trial], StudyError> {
        let (study_id, identity, cache) = (self.database.study_id, &self.identity, &mut self.cache);
        self.database
            .read(|connection| cache.refresh(connection, study_id, identity, Curves::All))?;
        Ok(self.cache.trials())
    }

    /// All trials as they were when they were last read.
    pub fn known_trials(&self) -> &[Trial] {
        self.cache.trials()
    }

    /// How long its operations have waited for locks and for a server that was away, in all.
    pub fn waited(&self) -> Duration {
        self.database.waited
    }

    /// Where the study is, for messages.
    pub fn place(&self) -> String {
        self.database.place()
    }

    /// Names the job of a batch system in which this process runs its trials, and its name of the machine.
    pub fn set_job(&mut self, job: Option<String>, node: Option<String>) {
        (self.owner.job, self.owner.node) = (job, node);
    }

    /// Whether this process writes the results of the study. Of several that share one, one at a time does, until it ends.
    pub fn claim_results(&mut self) -> Result<bool, StudyError> {
        self.database.claim_results()
    }

    /// The id of a trial.
    pub(super) fn id_of(&mut self, number: u32) -> Result<i64, StudyError> {
        match self.cache.id(number) {
            Some(id) => Ok(id),
            None => self.database.id_of(number),
        }
    }

    /// User attributes of a trial, in the order in which they were stored.
    pub fn attributes(&mut self, number: u32) -> Result<Map<String, Json>, StudyError> {
        let trial_id = self.id_of(number)?;
        self.database.attributes(number, trial_id)
    }

    /// The process that runs or ran a trial; `None` for a trial of another program.
    pub fn owner(&mut self, number: u32) -> Result<Option<Owner>, StudyError> {
        let trial_id = self.id_of(number)?;
        let (_, owner) = self
            .database
            .read(|connection| holder_now(connection, number, trial_id))?;
        Ok(owner)
    }
}
