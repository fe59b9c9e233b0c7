//! Opening a study: to search, or only to read it. What a database must hold is checked in `sqlite` and `postgres`.

use std::{fmt, path::Path};

use xp_clock::Clock;
#[cfg(feature = "postgres")]
use xp_postgres::Settings;

use crate::study::{
    connection::Connection,
    database::{Database, OnWait},
    error::StudyError,
    identity::StudyIdentity,
    session::Study,
    sqlite::{self, Journal},
};
#[cfg(feature = "postgres")]
use crate::study::{
    database::{RETRY, Wait, waited},
    postgres,
};

impl Study {
    /// Creates or resumes the study in the file `path`, creating its folder. Running trials of exited processes become
    /// `interrupted`. `clock` gives the stored times and judges the age of heartbeats.
    ///
    /// # Errors
    /// Another study's, another program's, a damaged, locked or read-only file is refused and not changed.
    pub fn open(path: &Path, identity: StudyIdentity, clock: &Clock) -> Result<Self, StudyError> {
        Self::open_with(path, identity, clock, Journal::Wal)
    }

    /// As [`Study::open`], with the journal of the file.
    pub fn open_with(
        path: &Path,
        identity: StudyIdentity,
        clock: &Clock,
        journal: Journal,
    ) -> Result<Self, StudyError> {
        let (connection, study_id, created) = sqlite::open(path, &identity, journal)?;
        let connection = Box::new(connection);
        Self::opened(connection, study_id, identity, clock, created, None)
    }

    /// The study in the file `path`, opened read-only: nothing is created, and running trials are not changed.
    ///
    /// # Errors
    /// A file that is absent, damaged or not of this program.
    pub fn open_read_only(path: &Path, clock: &Clock) -> Result<Self, StudyError> {
        let (connection, study_id, identity) = sqlite::open_to_read(path)?;
        let database = Database::new(Box::new(connection), study_id, clock.clone());
        Ok(Self::new(database, identity, clock.clone(), false))
    }

    /// Creates or resumes the study of a name on a server, which many processes on many machines may share. `on_wait` is asked where the
    /// server is away, now and later.
    ///
    /// # Errors
    /// A server that refuses, another program's tables, another experiment's study of that name: nothing is changed.
    #[cfg(feature = "postgres")]
    pub fn open_server(
        settings: &Settings,
        identity: StudyIdentity,
        clock: &Clock,
        mut on_wait: OnWait,
    ) -> Result<Self, StudyError> {
        let began = clock.now();
        let (connection, study_id, created) = loop {
            match postgres::open(settings, &identity, clock) {
                Err(error @ (StudyError::Disconnected { .. } | StudyError::Locked { .. })) => {
                    let text = error.to_string();
                    let wait = match error {
                        StudyError::Locked { .. } => Wait::Locked,
                        _ => Wait::Away(&text),
                    };
                    if !on_wait(wait, waited(clock, began)) {
                        return Err(error);
                    }
                    clock.sleep(RETRY);
                }
                other => break other?,
            }
        };
        Self::opened(
            Box::new(connection),
            study_id,
            identity,
            clock,
            created,
            Some(on_wait),
        )
    }

    /// The study of a name on a server, to look at it; absent where there is none. Nothing is created or changed.
    #[cfg(feature = "postgres")]
    pub fn open_server_read_only(
        settings: &Settings,
        name: &str,
        clock: &Clock,
    ) -> Result<Option<Self>, StudyError> {
        let found = postgres::open_to_read(settings, name, clock)?;
        Ok(found.map(|(connection, study_id, identity)| {
            let database = Database::new(Box::new(connection), study_id, clock.clone());
            Self::new(database, identity, clock.clone(), false)
        }))
    }

    fn opened(
        connection: Box<dyn Connection>,
        study_id: i64,
        identity: StudyIdentity,
        clock: &Clock,
        created: bool,
        on_wait: Option<OnWait>,
    ) -> Result<Self, StudyError> {
        let mut database = Database::new(connection, study_id, clock.clone());
        database.on_wait = on_wait;
        let mut study = Self::new(database, identity, clock.clone(), created);
        study.interrupt_orphans()?;
        study.database.synchronise(false)?;
        Ok(study)
    }

    /// Asks what to do where another program holds a lock, or where the server is away: by default a change waits for half a minute and
    /// fails.
    pub fn on_wait(&mut self, ask: OnWait) {
        self.database.on_wait = Some(ask);
    }
}

impl fmt::Debug for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Study")
            .field("place", &self.place())
            .finish_non_exhaustive()
    }
}
