//! The file of a lease that this process holds. It is created anew, never taken from another: who creates it, holds it.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use xp_clock::Clock;

use super::record::Record;
use crate::process_lock::{content, holder::Holder};

/// A lease file of this process. It stays open, so that renewals reach it where its folder was renamed.
#[derive(Debug)]
pub(super) struct LeaseFile {
    file: File,
    path: PathBuf,
    record: Record,
    folder: PathBuf,
    /// Which folder that was when it was created.
    folder_id: Option<(u64, u64)>,
    /// When it was last written.
    renewed: Instant,
}

impl LeaseFile {
    /// Creates a lease; absent where the file exists, since another process was first. One that was created and not written counts as held,
    /// until it has not changed for long enough.
    pub(super) fn create(folder: &Path, path: &Path, clock: &Clock) -> io::Result<Option<Self>> {
        let created = OpenOptions::new().write(true).create_new(true).open(path);
        let file = match created {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            Err(cause) => return Err(cause),
        };
        let lease = Self {
            file,
            path: path.to_owned(),
            record: Record::new(Holder::current(clock)),
            folder: folder.to_owned(),
            folder_id: fs::metadata(folder).ok().as_ref().map(id),
            renewed: clock.now(),
        };
        if let Err(cause) = lease.write() {
            lease.remove();
            return Err(cause);
        }
        Ok(Some(lease))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that it is in; absent where that was moved away.
    pub(super) fn folder(&self) -> Option<&Path> {
        let now = fs::metadata(&self.folder).ok()?;
        (Some(id(&now)) == self.folder_id).then_some(&self.folder)
    }

    /// Time since it was last written.
    pub(super) fn age(&self, clock: &Clock) -> Duration {
        clock.since(self.renewed)
    }

    /// Counts up.
    pub(super) fn renew(&mut self, clock: &Clock) -> io::Result<()> {
        self.record.heartbeat += 1;
        self.write()?;
        self.renewed = clock.now();
        Ok(())
    }

    /// Gives it up; the file stays.
    pub(super) fn release(&mut self) -> io::Result<()> {
        self.record.released = true;
        self.write()
    }

    /// Gives it up; the file goes, unless another one has its name now.
    pub(super) fn remove(&self) {
        if self.is_in_place() {
            // What remains is taken for dead later.
            let _ = fs::remove_file(&self.path);
        }
    }

    /// Whether its name still is this file's.
    pub(super) fn is_in_place(&self) -> bool {
        let (Ok(own), Ok(named)) = (self.file.metadata(), fs::metadata(&self.path)) else {
            return false;
        };
        id(&own) == id(&named)
    }

    fn write(&self) -> io::Result<()> {
        content::replace(&self.file, &serde_json::to_string(&self.record)?)?;
        // Other machines see what has reached the server.
        self.file.sync_data()
    }
}

/// What a file is, whatever its name.
fn id(metadata: &fs::Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}
