//! Appending, safe for several processes at once and for crashes (F14, F35).
//!
//! A lock orders the processes that it reaches. Where a file system has no locks, or none that reach other machines (Lustre without `-o flock`,
//! GPFS, NFS with `nolock`), rows are kept apart by O_APPEND: each is one write, which POSIX puts at the end whatever other processes write. NFS
//! has no such write: there a row may be overwritten by another machine that writes at the same moment. The same holds for the moment in which a
//! torn line is removed or an older log is replaced. `cargo xp report --rebuild-log` writes such a row again, from the record of its run.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use xp_host::file_system::lock_is_unsupported;
use xp_spec::files::{read_at_most, same_file, write_atomic};

use super::{
    columns::COLUMNS,
    csv_rows::{decode, encode},
    error::{LogError, io_error},
    parts::{Parts, parts},
    read::MAX_BYTES,
    row::LogRow,
};

/// Appends a row under a file lock, as one synced write. A line that a crash left torn is moved to `{log}.torn` first, and a log with
/// the columns of an older version is replaced by a migrated one, its text saved as `{log}.{n}-columns`. Returns whether there was a torn
/// line.
pub fn append(path: &Path, row: &LogRow) -> Result<bool, LogError> {
    append_with(File::lock, path, row)
}

/// Waits for the lock of a file; tests have others, since few machines have a file system without locks.
type Lock = fn(&File) -> io::Result<()>;

fn append_with(lock: Lock, path: &Path, row: &LogRow) -> Result<bool, LogError> {
    let fault = io_error(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(&fault)?;
    }
    let mut was_torn = false;
    loop {
        let (mut file, text) = locked(lock, path).map_err(&fault)?;
        // Refused before anything is moved: a foreign file stays as it is.
        let Parts {
            complete,
            torn,
            columns,
        } = parts(path, &text)?;
        let is_older = !complete.is_empty() && columns < COLUMNS.len();
        // A line may be torn, or the log of an older version, because another machine is about to change that.
        if (is_older || !torn.is_empty()) && !is_as_read(&file, path, &text).map_err(&fault)? {
            continue;
        }
        if !torn.is_empty() {
            set_aside(&path.with_extension("csv.torn"), torn).map_err(&fault)?;
            was_torn = true;
        }
        if is_older {
            let mut rows = decode(path, complete, columns)?;
            rows.push(row.clone());
            let migrated = encode(path, &rows, true)?;
            write_atomic(
                &path.with_extension(format!("csv.{columns}-columns")),
                complete,
            )
            .and_then(|()| write_atomic(path, &migrated))
            .map_err(&fault)?;
            return Ok(was_torn);
        }
        let length = complete.len() as u64;
        if !torn.is_empty() {
            file.set_len(length).map_err(&fault)?;
        }
        let line = encode(path, std::slice::from_ref(row), complete.is_empty())?;
        write_or_undo(&mut file, &line, length).map_err(&fault)?;
        return Ok(was_torn);
    }
}

/// The log under its lock, where it has one, and its text. A process that waited while another one migrated the log holds a replaced file,
/// and opens it again.
fn locked(lock: Lock, path: &Path) -> io::Result<(File, Vec<u8>)> {
    loop {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)?;
        match lock(&file) {
            Err(cause) if !lock_is_unsupported(&cause) => return Err(cause),
            _ => {}
        }
        if same_file(&file, path)? {
            let text = read_at_most(&mut file, MAX_BYTES)?;
            return Ok((file, text));
        }
    }
}

/// Whether a log is still what was read of it: another machine that the lock does not exclude may have written.
fn is_as_read(file: &File, path: &Path, text: &[u8]) -> io::Result<bool> {
    Ok(same_file(file, path)? && file.metadata()?.len() == text.len() as u64)
}

fn set_aside(aside: &Path, torn: &[u8]) -> io::Result<()> {
    let mut aside = OpenOptions::new().append(true).create(true).open(aside)?;
    aside.write_all(torn)?;
    aside.write_all(b"\n")?;
    aside.sync_all()
}

/// A full disk must not leave half a row. `length` is that of the log before.
fn write_or_undo(file: &mut File, line: &[u8], length: u64) -> io::Result<()> {
    let written = file.write_all(line).and_then(|()| file.sync_all());
    // The first error is the one to report.
    if written.is_err() && matches!(ends_in(file, line, length), Ok(true)) {
        let _ = file.set_len(length);
    }
    written
}

/// Whether nothing but a part of a line is in a log behind its earlier length: a row of another machine must not be removed with it.
fn ends_in(file: &mut File, line: &[u8], length: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(length))?;
    let mut end = Vec::new();
    file.take(line.len() as u64 + 1).read_to_end(&mut end)?;
    Ok(line.starts_with(&end))
}

#[cfg(test)]
mod tests;
