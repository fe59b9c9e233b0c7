//! Text of a file that stays open: replaced in place, so that others who open it see it, on a network's file system too.

use std::{
    fs::File,
    io::{self, Read as _},
    os::unix::fs::FileExt as _,
    path::Path,
};

/// The most bytes that are read of a file.
const MOST: u64 = 1 << 16;

/// Replaces what a file says. Who reads meanwhile may see a part of both.
pub(super) fn replace(file: &File, text: &str) -> io::Result<()> {
    file.write_all_at(text.as_bytes(), 0)?;
    file.set_len(text.len() as u64)
}

/// What a file says, opened anew: NFS looks at the server then.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
