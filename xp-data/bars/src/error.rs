//! Errors of files of prices, each with its place and its remedy.

use std::path::{Path, PathBuf};

use xp_spec::printable::printable;

/// A file of prices that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BarsError {
    /// The file cannot be opened.
    #[error("failed to read {}: {cause}; {remedy}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Cause.
        cause: String,
        /// Remedy.
        remedy: &'static str,
    },
    /// A text is malformed.
    #[error("{}:{line}:{column}: {what}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Column in that line, in characters from 1.
        column: u64,
        /// What is wrong.
        what: String,
    },
    /// The whole file, or a row of one that has no lines, is wrong.
    #[error("{}: {what}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl BarsError {
    pub(crate) fn read(path: &Path, cause: &dyn std::fmt::Display) -> Self {
        Self::Read {
            path: path.to_owned(),
            cause: cause.to_string(),
            remedy: "restore it from git, or correct data/manifest.yaml",
        }
    }

    /// The whole file is wrong.
    pub fn content(path: &Path, what: impl Into<String>) -> Self {
        Self::Content {
            path: path.to_owned(),
            what: printable(&what.into()),
        }
    }
}
