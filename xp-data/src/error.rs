//! Errors of data, each with its remedy.

use std::path::{Path, PathBuf};

use xp_bars::BarsError;
use xp_spec::files::FileError;

/// An error in raw or processed data.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file cannot be read.
    #[error("failed to read {}: {cause}; {remedy}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Cause.
        cause: String,
        /// Remedy.
        remedy: &'static str,
    },
    /// A file cannot be written; the earlier one is untouched.
    #[error("failed to write {}: {cause}; the earlier file is untouched", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Cause.
        cause: String,
    },
    /// A file of prices cannot be read.
    #[error(transparent)]
    Bars(#[from] BarsError),
    /// A file is not the one that the manifest or the lock describes.
    #[error("{} has MD5 {found}, {by} says {expected}; {remedy}", path.display())]
    Hash {
        /// The file.
        path: PathBuf,
        /// MD5 of the file.
        found: String,
        /// MD5 it should have.
        expected: String,
        /// `data/manifest.yaml` or the lock.
        by: String,
        /// Remedy.
        remedy: String,
    },
    /// Another process builds or imports.
    #[error(
        "another `cargo xp data` is running in this workspace; wait until it has finished, nothing was changed"
    )]
    Busy,
    /// The run was asked to end while it waited for another process that builds.
    #[error("{0}")]
    Stopped(String),
    /// Data that contradicts a definition.
    #[error("{0}")]
    Content(String),
    /// Manifest, lock or spine.
    #[error(transparent)]
    File(#[from] FileError),
}

impl DataError {
    pub(crate) fn read(path: &Path, cause: &dyn std::fmt::Display) -> Self {
        Self::Read {
            path: path.to_owned(),
            cause: cause.to_string(),
            remedy: "restore it from git, or correct data/manifest.yaml",
        }
    }

    pub(crate) fn write(path: &Path, cause: &dyn std::fmt::Display) -> Self {
        Self::Write {
            path: path.to_owned(),
            cause: cause.to_string(),
        }
    }
}
