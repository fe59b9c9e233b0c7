//! A cache of the MD5s of data files by size and time of change, so that a start need not read 10 MB to know that nothing changed.
//! `cargo xp data verify` does not use it: it reads every byte.

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
/// A file that changed less than this before it was hashed may change again within the resolution of its time of change, unnoticed.
const SETTLED: Duration = Duration::from_secs(2);

/// Whether cached MD5s are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashing {
    /// Cached MD5s, where size and time of change are the same; new ones are added to the cache.
    Cached,
    /// Cached MD5s, and nothing is written.
    ReadOnly,
    /// Every byte is read.
    Full,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    bytes: u64,
    /// Nanoseconds since 1970.
    changed: u64,
    md5: String,
}

/// The cache of one workspace.
pub(crate) struct Md5Cache<'a> {
    workspace: &'a Workspace,
    hashing: Hashing,
    clock: &'a Clock,
    entries: BTreeMap<String, Entry>,
}

impl<'a> Md5Cache<'a> {
    /// Reads the cache; one that is truncated or invalid counts as empty.
    pub(crate) fn open(workspace: &'a Workspace, hashing: Hashing, clock: &'a Clock) -> Self {
        let entries = match hashing {
            Hashing::Full => BTreeMap::new(),
            Hashing::Cached | Hashing::ReadOnly => fs::read(workspace.root().join(FILE))
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok())
                .unwrap_or_default(),
        };
        Self {
            workspace,
            hashing,
            clock,
            entries,
        }
    }

    /// MD5 of a file.
    pub(crate) fn md5(&mut self, path: &str) -> std::io::Result<String> {
        let full = self.workspace.root().join(path);
        let (bytes, changed) = state(&full)?;
        if let Some(entry) = self.entries.get(path)
            && entry.bytes == bytes
            && Some(entry.changed) == changed.and_then(nanoseconds)
        {
            return Ok(entry.md5.clone());
        }
        let md5 = md5_hex(&fs::read(&full)?);
        self.entries.remove(path);
        if let Some(changed) = changed
            && SystemTime::from(self.clock.utc())
                .duration_since(changed)
                .is_ok_and(|age| age > SETTLED)
            && let Some(nanoseconds) = nanoseconds(changed)
        {
            let entry = Entry {
                bytes,
                changed: nanoseconds,
                md5: md5.clone(),
            };
            self.entries.insert(path.to_owned(), entry);
        }
        Ok(md5)
    }

    /// Saves the cache; one that cannot be written costs the next start milliseconds and nothing else.
    pub(crate) fn save(self) {
        let path = self.workspace.root().join(FILE);
        let folder_exists = path.parent().is_some_and(Path::is_dir);
        if self.hashing == Hashing::Cached
            && folder_exists
            && let Ok(text) = serde_json::to_string_pretty(&self.entries)
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
