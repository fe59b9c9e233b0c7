//! MD5s of data files, remembered by size and time of change, so that a start need not read 10 MB to know that nothing changed.
//! `cargo xp data verify` does not ask here: it reads every byte.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use xp_clock::Clock;
use xp_spec::{
    files::{Workspace, write_if_changed},
    hash::md5_hex,
};

const FILE: &str = "data/processed/.md5.json";
/// A file that changed less than this before it was hashed may change again within the clock's resolution, unseen.
const SETTLED: Duration = Duration::from_secs(2);

/// What is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashing {
    /// Remembered MD5s, where size and time of change are the same; new ones are remembered.
    Remembered,
    /// Remembered MD5s, and nothing is written.
    ReadOnly,
    /// Every byte is read.
    Full,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    bytes: u64,
    /// Nanoseconds since 1970.
    changed: u64,
    md5: String,
}

/// MD5s of files of one workspace.
pub(crate) struct Fingerprints<'a> {
    workspace: &'a Workspace,
    hashing: Hashing,
    clock: &'a Clock,
    known: BTreeMap<String, Known>,
}

impl<'a> Fingerprints<'a> {
    /// Reads what is remembered; a file that is torn or forged counts as nothing remembered.
    pub(crate) fn open(workspace: &'a Workspace, hashing: Hashing, clock: &'a Clock) -> Self {
        let known = match hashing {
            Hashing::Full => BTreeMap::new(),
            Hashing::Remembered | Hashing::ReadOnly => fs::read(workspace.root().join(FILE))
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok())
                .unwrap_or_default(),
        };
        Self {
            workspace,
            hashing,
            clock,
            known,
        }
    }

    /// MD5 of a file.
    pub(crate) fn md5(&mut self, path: &str) -> std::io::Result<String> {
        let full = self.workspace.root().join(path);
        let (bytes, changed) = state(&full)?;
        if let Some(known) = self.known.get(path)
            && known.bytes == bytes
            && Some(known.changed) == changed.and_then(nanoseconds)
        {
            return Ok(known.md5.clone());
        }
        let md5 = md5_hex(&fs::read(&full)?);
        self.known.remove(path);
        if let Some(changed) = changed
            && SystemTime::from(self.clock.utc())
                .duration_since(changed)
                .is_ok_and(|age| age > SETTLED)
            && let Some(nanoseconds) = nanoseconds(changed)
        {
            let known = Known {
                bytes,
                changed: nanoseconds,
                md5: md5.clone(),
            };
            self.known.insert(path.to_owned(), known);
        }
        Ok(md5)
    }

    /// Remembers; a memory that cannot be written costs the next start milliseconds and nothing else.
    pub(crate) fn keep(self) {
        let path = self.workspace.root().join(FILE);
        let there = path.parent().is_some_and(Path::is_dir);
        if self.hashing == Hashing::Remembered
            && there
            && let Ok(text) = serde_json::to_string_pretty(&self.known)
        {
            let _ = write_if_changed(&path, text.as_bytes());
        }
    }
}

fn state(path: &Path) -> std::io::Result<(u64, Option<SystemTime>)> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.len(), metadata.modified().ok()))
}

fn nanoseconds(time: SystemTime) -> Option<u64> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_nanos()).ok()
}
