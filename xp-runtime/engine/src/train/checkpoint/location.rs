//! Where a training keeps its state. It reads and writes no state itself.

use std::{fs, io, path::PathBuf};

/// Where a training keeps its state, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// A folder of its own.
    pub folder: PathBuf,
    /// Hash of the experiment, or the effective one.
    pub spec_hash: String,
}

impl Checkpoint {
    /// Keeps a checkpoint that cannot be used beside its place, instead of an earlier one there.
    pub fn set_aside(&self) -> io::Result<()> {
        let mut name = self.folder.as_os_str().to_owned();
        name.push(".unusable");
        let aside = Self {
            folder: name.into(),
            spec_hash: self.spec_hash.clone(),
        };
        aside.remove()?;
        fs::rename(&self.folder, &aside.folder)
    }

    /// Removes a checkpoint that is not needed any more; one that is not there is no error.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
            _ => Ok(()),
        }
    }
}
