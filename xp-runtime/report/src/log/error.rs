//! Why a log cannot be used.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::columns::COLUMNS;

/// The log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Reading or writing failed.
    #[error("failed to use the experiment log {}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// It is not an experiment log.
    #[error("{} does not have the header of an experiment log; move it away, and a new log is created; `cargo xp report --rebuild-log` does so and writes the rows of all recorded runs", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The borders of rows are ambiguous.
    #[error("{}:{line}: a quote is missing or extra, so that the rows after it cannot be read; correct that line (nothing was changed)", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first line that cannot be read.
        line: usize,
    },
    /// A row is malformed.
    #[error("{}: {cause}{}", path.display(), column(cause))]
    Row {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: csv::Error,
    },
}

/// Names the log in an error of reading or writing.
pub(super) fn io_error(path: &Path) -> impl Fn(io::Error) -> LogError {
    move |cause| LogError::Io {
        path: path.to_owned(),
        cause,
    }
}

/// Names the log in an error of a row.
pub(super) fn row_error(path: &Path) -> impl Fn(csv::Error) -> LogError {
    move |cause| LogError::Row {
        path: path.to_owned(),
        cause,
    }
}

/// The name of the column that an error is about, which `csv` numbers.
fn column(cause: &csv::Error) -> String {
    let csv::ErrorKind::Deserialize { err, .. } = cause.kind() else {
        return String::new();
    };
    let field = err.field().and_then(|field| usize::try_from(field).ok());
    field
        .and_then(|field| COLUMNS.get(field))
        .map_or_else(String::new, |name| format!(" (column `{name}`)"))
}
