//! Errors of a study file and their messages. It recovers nothing.

use std::path::PathBuf;

use crate::error::SuggestError;

/// A study cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The folder or file cannot be reached.
    #[error("cannot reach the study {}: {source}; check the path and its permissions", path.display())]
    Unreachable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not a study.
    #[error(
        "{} is not a study of this program: {found}; it was not changed, move it away or choose another path",
        path.display()
    )]
    NotAStudy {
        /// The file.
        path: PathBuf,
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
        "the study {} belongs to another experiment, specification or data: {}; it was not changed, start a new study or go back to the old specification",
        path.display(),
        differences.join("; ")
    )]
    OtherIdentity {
        /// The file.
        path: PathBuf,
        /// Where it differs, one clause each.
        differences: Vec<String>,
    },
    /// The file or its folder does not allow writing.
    #[error("cannot write the study {}: {reason}; check permissions and free space", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// SQLite's message.
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
    #[error("the study {} is locked by another process; end that process or wait for it", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Any other failure of the database.
    #[error("the study {} failed: {source}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// SQLite's message.
        source: rusqlite::Error,
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
    /// A stored trial cannot be understood.
    #[error("trial {number} of the study cannot be read: {reason}")]
    UnreadableTrial {
        /// Its number.
        number: u32,
        /// Why.
        reason: String,
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
    pub(crate) fn from_sqlite(path: &std::path::Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase,
            ReadOnly, SystemIoFailure,
        };
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Locked { path },
            Some(DatabaseCorrupt) => Self::Damaged {
                path,
                reason: source.to_string(),
            },
            Some(NotADatabase) => Self::NotAStudy {
                path,
                found: "it is no SQLite database".to_owned(),
            },
            Some(ReadOnly | CannotOpen | DiskFull | SystemIoFailure) => Self::NotWritable {
                path,
                reason: source.to_string(),
            },
            _ => Self::Database { path, source },
        }
    }
}
