//! The bytes of a file, bounded, and their text.

use std::{fs, io::Read as _, path::Path};

use crate::error::BarsError;

/// Largest file that is read, in bytes, and the most that a compressed one may become: a century of daily bars has about 2 MB.
pub(crate) const MAX_BYTES: u64 = 64 << 20;

/// Reads a whole file.
///
/// # Errors
/// Where it cannot be read, or has more than 64 MiB.
pub fn read_bounded(path: &Path) -> Result<Vec<u8>, BarsError> {
    let length = fs::metadata(path)
        .map_err(|cause| BarsError::read(path, &cause))?
        .len();
    if length > MAX_BYTES {
        return Err(too_large(path, length));
    }
    let mut bytes = Vec::new();
    // What has no length, as a device, is bounded too.
    fs::File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|cause| BarsError::read(path, &cause))?;
    match bytes.len() as u64 {
        length if length > MAX_BYTES => Err(too_large(path, length)),
        _ => Ok(bytes),
    }
}

/// The error of a file that is too large.
pub(crate) fn too_large(path: &Path, length: u64) -> BarsError {
    let what = format!("{length} bytes, more than {MAX_BYTES}: expected daily bars of one asset");
    BarsError::content(path, what)
}

/// Whether a file is a parquet, by its first bytes or, where it is torn, by its name.
pub fn is_parquet(path: &Path, bytes: &[u8]) -> bool {
    let named = path
        .extension()
        .is_some_and(|name| name.eq_ignore_ascii_case("parquet"));
    named || bytes.starts_with(b"PAR1")
}

/// UTF-8, as the raw format has it; the first byte that is not is an error with line and column.
pub(crate) fn utf8<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, BarsError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|cause| {
        let good = bytes.get(..cause.valid_up_to()).unwrap_or_default();
        let what = "the text is not UTF-8 from here on; save the file as UTF-8";
        at_end_of(path, &String::from_utf8_lossy(good), what)
    })?;
    without_zero(path, text)?;
    Ok(text)
}

/// A zero byte is an error: the file is not a text.
pub(crate) fn without_zero(path: &Path, text: &str) -> Result<(), BarsError> {
    match text.split_once('\0') {
        Some((before, _)) => Err(at_end_of(
            path,
            before,
            "a zero byte: the file is not a text",
        )),
        None => Ok(()),
    }
}

/// An error just behind a text.
fn at_end_of(path: &Path, text: &str, what: &str) -> BarsError {
    BarsError::Text {
        path: path.to_owned(),
        line: text.matches('\n').count() as u64 + 1,
        column: text.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1,
        what: what.to_owned(),
    }
}
