//! The text of a log taken apart: header, complete rows, and what a crash left of a last row.

use std::path::Path;

use super::{
    columns::{COLUMNS, FIRST_VERSION},
    error::LogError,
};

/// What a log's text is made of.
pub(super) struct Parts<'a> {
    /// Header and complete rows.
    pub(super) complete: &'a [u8],
    /// What a crash left of a last row, or of a header that was the first line to be written.
    pub(super) torn: &'a [u8],
    /// Columns of the header, all for an empty log.
    pub(super) columns: usize,
}

/// Later versions only ever add columns at the end, so the first n of [`COLUMNS`], from the 17 of the first version, are an older log and
/// anything else is foreign.
pub(super) fn parts<'a>(path: &Path, text: &'a [u8]) -> Result<Parts<'a>, LogError> {
    let foreign = || LogError::Foreign {
        path: path.to_owned(),
    };
    if !text.contains(&b'\n') {
        return if COLUMNS.join(",").as_bytes().starts_with(text) {
            Ok(Parts {
                complete: &[],
                torn: text,
                columns: COLUMNS.len(),
            })
        } else {
            Err(foreign())
        };
    }
    let header = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // A spreadsheet adds a byte order mark and CRLF, which change no row.
    let header = header.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(header);
    let header = header.strip_suffix(b"\r").unwrap_or(header);
    let columns = (FIRST_VERSION..=COLUMNS.len())
        .rev()
        .find(|&n| COLUMNS.iter().take(n).copied().eq(split(header)))
        .ok_or_else(foreign)?;
    let torn = torn_tail(path, text)?;
    Ok(Parts {
        complete: text.get(..text.len() - torn.len()).unwrap_or_default(),
        torn,
        columns,
    })
}

fn split(header: &[u8]) -> impl Iterator<Item = &str> {
    header
        .split(|byte| *byte == b',')
        .map(|name| str::from_utf8(name).unwrap_or_default())
}

/// What follows the last complete record, at most one line: a crash tears the last row only. A record ends at a newline outside quotes,
/// so that one quote too few would take all later rows for the tail: that is damage, not a crash.
fn torn_tail<'a>(path: &Path, text: &'a [u8]) -> Result<&'a [u8], LogError> {
    let (mut quoted, mut end) = (false, 0);
    for (position, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => end = position + 1,
            _ => {}
        }
    }
    let (complete, tail) = text.split_at(end);
    if tail.split(|byte| *byte == b'\n').skip(1).any(begins_row) {
        let newlines = complete.iter().filter(|byte| **byte == b'\n').count();
        return Err(LogError::Damaged {
            path: path.to_owned(),
            line: newlines + 1,
        });
    }
    Ok(tail)
}

/// Whether a line begins as rows do: with a time such as `2026-11-24T16:25:24Z,`.
fn begins_row(line: &[u8]) -> bool {
    let shape = b"0000-00-00T00:00:00Z,";
    line.len() > shape.len()
        && line.iter().zip(shape).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            shape => byte == shape,
        })
}
