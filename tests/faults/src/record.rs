//! The record of changes, shared by all processes of a run: its length is the count.

use std::{
    ffi::CStr,
    io::{Cursor, Write as _},
};

/// Bytes of the record of one change.
pub(crate) const LENGTH: usize = 256;

/// Appends a change and returns its number; absent where the record cannot be written.
#[allow(
    unsafe_code,
    reason = "std's functions would call the functions that this library replaces"
)]
pub(crate) fn append(record: &CStr, operation: &str, path: &[u8]) -> Option<u64> {
    let mut line = [b' '; LENGTH];
    let mut text = Cursor::new(&mut line[..LENGTH - 1]);
    // A path that is too long is cut.
    let _ = text
        .write_all(operation.as_bytes())
        .and_then(|()| text.write_all(b" "))
        .and_then(|()| text.write_all(path));
    line[LENGTH - 1] = b'\n';
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND | libc::O_CLOEXEC;
    // SAFETY: the path ends in a zero byte; the buffer and the status live as long as the calls; the descriptor is this function's own, and an open
    // file of its own too, so that the lock also keeps threads of this process apart.
    unsafe {
        let file = libc::syscall(
            libc::SYS_openat,
            libc::AT_FDCWD,
            record.as_ptr(),
            flags,
            0o644,
        );
        let file = i32::try_from(file).ok().filter(|file| *file >= 0)?;
        libc::flock(file, libc::LOCK_EX);
        let written = libc::syscall(libc::SYS_write, file, line.as_ptr(), LENGTH);
        let end = libc::lseek(file, 0, libc::SEEK_END);
        libc::close(file);
        let records = u64::try_from(end).ok()? / LENGTH as u64;
        (usize::try_from(written) == Ok(LENGTH)).then(|| records.saturating_sub(1))
    }
}
