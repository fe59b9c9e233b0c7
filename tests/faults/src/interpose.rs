//! The functions of the C library that change files, each of which asks [`change`] first.
#![allow(
    unsafe_code,
    reason = "functions of the C library are replaced: their names, and the pointers that they are passed, are C's"
)]

use libc::{
    AT_FDCWD, SYS_fdatasync, SYS_fsync, SYS_ftruncate, SYS_pwrite64, SYS_renameat2, SYS_unlinkat,
    SYS_write, SYS_writev, c_char, c_int, c_long, c_void, iovec, off_t, size_t, ssize_t, syscall,
};

use crate::{
    point::{Place, change, kill},
    settings::Fault,
};

/// What a C function returns for an error.
fn fail(error: c_int) -> c_long {
    // SAFETY: the pointer is this thread's own.
    unsafe { *libc::__errno_location() = error };
    -1
}

/// A write of `length` bytes, of which `write` writes as many as it is told.
fn write_bytes(file: c_int, length: size_t, write: impl Fn(size_t) -> c_long) -> ssize_t {
    let written = match change("write", Place::File(file)) {
        Some(Fault::Error(error)) => fail(error),
        Some(Fault::Kill | Fault::Tear) => {
            write(length / 2);
            kill()
        }
        None => write(length),
    };
    written as ssize_t
}

/// Any other change.
fn make(operation: &str, place: Place, call: impl Fn() -> c_long) -> c_int {
    let result = match change(operation, place) {
        Some(Fault::Error(error)) => fail(error),
        _ => call(),
    };
    result as c_int
}

#[unsafe(no_mangle)]
unsafe extern "C" fn write(file: c_int, bytes: *const c_void, length: size_t) -> ssize_t {
    // SAFETY: the caller's arguments, or a shorter length.
    write_bytes(file, length, |length| unsafe {
        syscall(SYS_write, file, bytes, length)
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn writev(file: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    // Half of a write of several parts is half of the parts.
    // SAFETY: the caller's arguments, or fewer parts.
    write_bytes(file, count.max(0) as size_t, |count| unsafe {
        syscall(SYS_writev, file, parts, count)
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pwrite(
    file: c_int,
    bytes: *const c_void,
    length: size_t,
    offset: off_t,
) -> ssize_t {
    // SAFETY: as in `write`.
    write_bytes(file, length, |length| unsafe {
        syscall(SYS_pwrite64, file, bytes, length, offset)
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pwrite64(
    file: c_int,
    bytes: *const c_void,
    length: size_t,
    offset: off_t,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { pwrite(file, bytes, length, offset) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ftruncate(file: c_int, length: off_t) -> c_int {
    // SAFETY: no memory is passed; so below.
    make("truncate", Place::File(file), || unsafe {
        syscall(SYS_ftruncate, file, length)
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ftruncate64(file: c_int, length: off_t) -> c_int {
    // SAFETY: as in `ftruncate`.
    unsafe { ftruncate(file, length) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fsync(file: c_int) -> c_int {
    // SAFETY: as in `ftruncate`.
    make("sync", Place::File(file), || unsafe {
        syscall(SYS_fsync, file)
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fdatasync(file: c_int) -> c_int {
    // SAFETY: as in `ftruncate`.
    make("sync", Place::File(file), || unsafe {
        syscall(SYS_fdatasync, file)
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: the caller's arguments.
    make("rename", Place::Path(AT_FDCWD, to), || unsafe {
        syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { unlinkat(AT_FDCWD, path, 0) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rmdir(path: *const c_char) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { unlinkat(AT_FDCWD, path, libc::AT_REMOVEDIR) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn unlinkat(folder: c_int, path: *const c_char, flags: c_int) -> c_int {
    // SAFETY: the caller's arguments.
    make("remove", Place::Path(folder, path), || unsafe {
        syscall(SYS_unlinkat, folder, path, flags)
    })
}
