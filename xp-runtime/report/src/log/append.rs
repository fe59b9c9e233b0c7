//! Appending, safe for several processes at once and for crashes (F14, F35).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::Path,
};

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
    let fault = io_error(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(&fault)?;
    }
    let (mut file, text) = locked(path).map_err(&fault)?;
    // Refused before anything is moved: a foreign file stays as it is.
    let Parts {
        complete,
        torn,
        columns,
    } = parts(path, &text)?;
    if !torn.is_empty() {
        set_aside(&path.with_extension("csv.torn"), torn).map_err(&fault)?;
    }
    if !complete.is_empty() && columns < COLUMNS.len() {
        let mut rows = decode(path, complete, columns)?;
        rows.push(row.clone());
        let migrated = encode(path, &rows, true)?;
        write_atomic(
            &path.with_extension(format!("csv.{columns}-columns")),
            complete,
        )
        .and_then(|()| write_atomic(path, &migrated))
        .map_err(&fault)?;
        return Ok(!torn.is_empty());
    }
    let length = complete.len() as u64;
    if !torn.is_empty() {
        file.set_len(length).map_err(&fault)?;
    }
    let line = encode(path, std::slice::from_ref(row), complete.is_empty())?;
    file.seek(SeekFrom::End(0)).map_err(&fault)?;
    write_or_undo(&mut file, &line, length).map_err(&fault)?;
    Ok(!torn.is_empty())
}

/// The log under its lock, and its text. A process that waited while another one migrated the log holds a replaced file, and opens
/// it again.
fn locked(path: &Path) -> io::Result<(File, Vec<u8>)> {
    loop {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        file.lock()?;
        if same_file(&file, path)? {
            let text = read_at_most(&mut file, MAX_BYTES)?;
            return Ok((file, text));
        }
    }
}

fn set_aside(aside: &Path, torn: &[u8]) -> io::Result<()> {
    let mut aside = OpenOptions::new().append(true).create(true).open(aside)?;
    aside.write_all(torn)?;
    aside.write_all(b"\n")?;
    aside.sync_all()
}

/// A full disk must not leave half a row.
fn write_or_undo(file: &mut File, line: &[u8], length: u64) -> io::Result<()> {
    let written = file.write_all(line).and_then(|()| file.sync_all());
    if written.is_err() {
        // The first error is the one to report.
        let _ = file.set_len(length);
    }
    written
}
