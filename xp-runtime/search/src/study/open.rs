//! Opening a study: to search, or only to read it. What a file must hold is judged in `connect`.

use std::path::Path;

use xp_clock::Clock;

use crate::study::{
    connect::{connect, connect_to_read},
    database::Database,
    error::StudyError,
    identity::StudyIdentity,
    session::Study,
};

impl Study {
    /// Creates or resumes the study in `path`, creating its folder. Running trials of dead processes become `interrupted`.
    /// `clock` gives the times that are stored and judges signs of life.
    ///
    /// # Errors
    /// Another study's, another program's, a damaged, locked or read-only file is refused and left as it is.
    pub fn open(path: &Path, identity: StudyIdentity, clock: &Clock) -> Result<Self, StudyError> {
        let (connection, study_id, created) = connect(path, &identity)?;
        let database = Database {
            path: path.to_owned(),
            connection,
            study_id,
        };
        let mut study = Self::new(database, identity, clock.clone(), created);
        study.sort_out_running()?;
        study.database.synchronise(false)?;
        Ok(study)
    }

    /// The study in `path` as it stands, to be read only: nothing is created, and running trials stay as they are.
    ///
    /// # Errors
    /// A file that is absent, damaged or not of this program.
    pub fn look(path: &Path, clock: &Clock) -> Result<Self, StudyError> {
        let (connection, study_id, identity) = connect_to_read(path)?;
        let database = Database {
            path: path.to_owned(),
            connection,
            study_id,
        };
        Ok(Self::new(database, identity, clock.clone(), false))
    }
}
