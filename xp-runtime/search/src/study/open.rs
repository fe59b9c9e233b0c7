//! Opening a study: to search, or only to read it. What a file must hold is checked in `connect`.

use std::path::Path;

use xp_clock::Clock;

use crate::study::{
    connect::{connect, connect_to_read},
    database::{Database, OnLocked},
    error::StudyError,
    identity::StudyIdentity,
    session::Study,
};

impl Study {
    /// Creates or resumes the study in `path`, creating its folder. Running trials of exited processes become
    /// `interrupted`. `clock` gives the stored times and judges the age of heartbeats.
    ///
    /// # Errors
    /// Another study's, another program's, a damaged, locked or read-only file is refused and not changed.
    pub fn open(path: &Path, identity: StudyIdentity, clock: &Clock) -> Result<Self, StudyError> {
        let (connection, study_id, created) = connect(path, &identity)?;
        let database = Database::new(path, connection, study_id)?;
        let mut study = Self::new(database, identity, clock.clone(), created);
        study.interrupt_orphans()?;
        study.database.synchronise(false)?;
        Ok(study)
    }

    /// Asks what to do where another program holds the lock of writers: by default a change waits for half a minute and fails.
    pub fn on_locked(&mut self, ask: OnLocked) {
        self.database.on_locked = Some(ask);
    }

    /// The study in `path`, opened read-only: nothing is created, and running trials are not changed.
    ///
    /// # Errors
    /// A file that is absent, damaged or not of this program.
    pub fn open_read_only(path: &Path, clock: &Clock) -> Result<Self, StudyError> {
        let (connection, study_id, identity) = connect_to_read(path)?;
        let database = Database::new(path, connection, study_id)?;
        Ok(Self::new(database, identity, clock.clone(), false))
    }
}
