//! Which run is recorded and not logged yet. A record and its row are two files: a kill between them leaves this note, and the next start completes the row.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use xp_spec::files::write_atomic;

/// The note in an experiment's folder.
pub(super) struct Unlogged(PathBuf);

#[derive(Serialize, Deserialize)]
struct Note {
    run_id: String,
}

impl Unlogged {
    /// That of a folder.
    pub(super) fn of(folder: &Path) -> Self {
        Self(folder.join("unlogged.json"))
    }

    /// Notes a run whose record is written next.
    pub(super) fn note(&self, run_id: &str) -> io::Result<()> {
        let note = Note {
            run_id: run_id.to_owned(),
        };
        write_atomic(&self.0, &serde_json::to_vec(&note)?)
    }

    /// The run; absent where there is none, or the note cannot be read.
    pub(super) fn run_id(&self) -> Option<String> {
        let text = fs::read(&self.0).ok()?;
        let note: Note = serde_json::from_slice(&text).ok()?;
        Some(note.run_id)
    }

    /// Removes the note of a run that is logged.
    pub(super) fn clear(&self) -> io::Result<()> {
        match fs::remove_file(&self.0) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    #[test]
    fn a_note_stays_until_it_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let unlogged = Unlogged::of(folder.path());
        assert_eq!(unlogged.run_id(), None);
        unlogged.clear().unwrap();
        unlogged.note("20261130T091011Z-0a1b-s1").unwrap();
        let again = Unlogged::of(folder.path());
        assert_eq!(again.run_id().as_deref(), Some("20261130T091011Z-0a1b-s1"));
        again.clear().unwrap();
        assert_eq!(unlogged.run_id(), None);
    }
}
