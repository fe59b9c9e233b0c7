//! Reading, which changes nothing.

use std::{fs::File, io, path::Path};

use xp_spec::files::read_at_most;

use super::{
    csv_rows::decode,
    error::{LogError, io_error},
    parts::{Parts, parts},
    row::LogRow,
};

/// Bytes of the largest log that is read: millions of rows.
pub(super) const MAX_BYTES: u64 = 1 << 30;

/// All rows; an absent log has none. A torn last line is left out.
pub fn read(path: &Path) -> Result<Vec<LogRow>, LogError> {
    let opened = File::open(path).and_then(|mut file| read_at_most(&mut file, MAX_BYTES));
    let text = match opened {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(io_error(path)(cause)),
    };
    let Parts {
        complete, columns, ..
    } = parts(path, &text)?;
    decode(path, complete, columns)
}
