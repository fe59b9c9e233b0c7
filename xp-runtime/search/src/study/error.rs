//! Errors of a study file and their messages. It recovers nothing.

use std::{path::PathBuf, sync::Arc};

use crate::error::SuggestError;

/// A study cannot be opened, read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StudyError {
    /// The folder or file cannot be reached.
    #[error("cannot reach the study {}: {source}; check the path and its permissions", path.display())]
    Unreachable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Arc<std::io::Error>,
    },
    /// The file or database is not a study.
    #[error(
        "{place} is not a study of this program: {found}; it was not changed, move it away or choose another one"
    )]
    NotAStudy {
        /// The file or database.
        place: String,
        /// What it is.
        found: String,
    },
    /// The file is truncated or corrupt.
    #[error(
        "the study {} is damaged: {reason}; it was not changed: copy it together with its -wal file, then try `sqlite3 {} .recover`",
        path.display(),
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found.
        reason: String,
    },
    /// The study belongs to another specification, data or experiment.
    #[error(
        "the study {place} belongs to another experiment, specification or data: {}; it was not changed, start a new study or go back to the old specification",
        differences.join("; ")
    )]
    OtherIdentity {
        /// The file or database.
        place: String,
        /// Where it differs, one clause each.
        differences: Vec<String>,
    },
    /// The file or its folder does not allow writing.
    #[error("cannot write the study {place}: {reason}; check permissions and free space")]
    NotWritable {
        /// The file or database.
        place: String,
        /// The message of the database.
        reason: String,
    },
    /// The file is not the one that was opened.
    #[error(
        "the study {} was removed or replaced while it was in use; nothing more is written to it: put it back and run the same command, or move its folder away to start a new study",
        path.display()
    )]
    Removed {
        /// The file.
        path: PathBuf,
    },
    /// Another process held the write lock for too long.
    #[error("the study {place} is locked by another process; end that process or wait for it")]
    Locked {
        /// The file or database.
        place: String,
    },
    /// Any other failure of the database.
    #[error("the study {place} failed: {reason}")]
    Database {
        /// The file or database.
        place: String,
        /// The message of the database.
        reason: String,
    },
    /// The server is away: it may come back.
    #[error(
        "the study {place} cannot be reached: {reason}; finished trials are kept, the same command goes on once the server is back"
    )]
    Disconnected {
        /// The database, without a password.
        place: String,
        /// Why.
        reason: String,
    },
    /// The server refuses, and waiting does not help.
    #[error("cannot open the study {place}: {reason}")]
    Refused {
        /// The database, without a password.
        place: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A cell of another type than its column has.
    #[error("the study holds {found} where {needed} must be; another program wrote it")]
    UnexpectedCell {
        /// What is there.
        found: String,
        /// What must be there.
        needed: &'static str,
    },
    /// No trial of that number.
    #[error("the study has no trial {number}")]
    NoSuchTrial {
        /// Its number.
        number: u32,
    },
    /// The trial is in a state that does not allow this.
    #[error("trial {number} is {found}, it must be {needed} for this")]
    WrongState {
        /// Its number.
        number: u32,
        /// Its state.
        found: String,
        /// The state that is needed.
        needed: &'static str,
    },
    /// Another process goes on with the trial, since this one had sent no heartbeat for too long.
    #[error(
        "trial {number} was taken over by process {pid} on {host}, since this one had been silent for too long"
    )]
    TakenOver {
        /// Its number.
        number: u32,
        /// The process.
        pid: u32,
        /// Its host.
        host: String,
    },
    /// A stored trial cannot be understood.
    #[error("trial {number} of the study cannot be read: {reason}")]
    UnreadableTrial {
        /// Its number.
        number: u32,
        /// Why.
        reason: String,
    },
    /// No further trial is wanted.
    #[error("the study has {trials} trials, and no more are wanted")]
    Enough {
        /// Trials in any state.
        trials: u32,
    },
    /// A value lies outside its domain, or a parameter is missing.
    #[error("cannot start the trial: {0}")]
    Assignment(String),
    /// No point can be suggested.
    #[error(transparent)]
    Suggest(#[from] SuggestError),
}

impl StudyError {
    /// Sorts a database error by what the user can do about it.
    pub(crate) fn from_sqlite(path: &std::path::Path, source: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase,
            ReadOnly, SystemIoFailure,
        };
        let place = path.display().to_string();
        match source.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Locked { place },
            Some(DatabaseCorrupt) => Self::Damaged {
                path: path.to_owned(),
                reason: source.to_string(),
            },
            Some(NotADatabase) => Self::NotAStudy {
                place,
                found: "it is no SQLite database".to_owned(),
            },
            Some(ReadOnly | CannotOpen | DiskFull | SystemIoFailure) => Self::NotWritable {
                place,
                reason: source.to_string(),
            },
            _ => Self::Database {
                place,
                reason: source.to_string(),
            },
        }
    }
}
