//! Rebuilds a lost, emptied or foreign log from the records of runs. What is in the way is kept under another name.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use xp_spec::files::{free_name, read_at_most};

use crate::{
    LOG, RUNS,
    log::{LogError, LogRow, append, read},
    record::MAX_BYTES,
};

/// What a rebuilt log has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Rows that were added.
    pub added: usize,
    /// Rows that were there.
    pub kept: usize,
    /// Records without a row: those of older versions, and those that cannot be read.
    pub without_row: usize,
    /// Where a log that could not be read is now.
    pub moved: Option<PathBuf>,
}

/// The part of a record that is needed.
#[derive(Deserialize)]
struct OfRecord {
    row: Option<LogRow>,
}

/// Adds the rows of all records that the log of a workspace has not. A log that cannot be read is moved aside first; rows of runs without a
/// record, which ended without a result, are then in it only.
///
/// # Errors
/// Where the log or the folder of records cannot be read or written.
pub fn rebuild(root: &Path) -> Result<Rebuilt, LogError> {
    let log = root.join(LOG);
    let fault = |cause: io::Error| LogError::Io {
        path: log.clone(),
        cause,
    };
    let (rows, moved) = match read(&log) {
        Ok(rows) => (rows, None),
        Err(LogError::Io { path, cause }) => return Err(LogError::Io { path, cause }),
        Err(_) => {
            let aside = free_name(&log.with_extension("csv.unreadable"));
            fs::rename(&log, &aside).map_err(fault)?;
            (Vec::new(), Some(aside))
        }
    };
    let known: BTreeSet<&str> = rows.iter().map(|row| row.run_id.as_str()).collect();
    let (mut added, mut without_row) = (Vec::new(), 0);
    for path in records(root).map_err(fault)? {
        match row_of(&path) {
            Some(row) if known.contains(row.run_id.as_str()) => {}
            Some(row) => added.push(row),
            None => without_row += 1,
        }
    }
    added.sort_by(|a, b| (&a.timestamp, &a.run_id).cmp(&(&b.timestamp, &b.run_id)));
    for row in &added {
        append(&log, row)?;
    }
    Ok(Rebuilt {
        added: added.len(),
        kept: rows.len(),
        without_row,
        moved,
    })
}

/// Paths of all records of a workspace; none where there is no folder.
pub fn records(root: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(root.join(RUNS)) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The row in a record, whose run it must be.
fn row_of(path: &Path) -> Option<LogRow> {
    let mut file = File::open(path).ok()?;
    let bytes = read_at_most(&mut file, MAX_BYTES).ok()?;
    let record: OfRecord = serde_json::from_slice(&bytes).ok()?;
    let id = path.file_stem()?.to_str()?;
    record
        .row
        .filter(|row| row.run_id == id && row.duration_seconds.is_finite())
}
