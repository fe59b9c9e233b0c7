//! One change: whose file it is, its number, and what happens there.

use std::ffi::CStr;

use crate::{
    record,
    settings::{self, Fault},
};

const LONGEST_PATH: usize = 4096;

/// What a change refers to.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// An open file.
    File(i32),
    /// A path, relative to an open folder or absolute.
    Path(i32, *const libc::c_char),
}

/// Counts a change of a file below the folder; returns what is to happen instead of it. A run that is to be killed does not return.
pub(crate) fn change(operation: &str, place: Place) -> Option<Fault> {
    let below = settings::variable(c"XP_FAULTS_BELOW")?.to_bytes();
    let record = settings::variable(c"XP_FAULTS_RECORD")?;
    let mut buffer = [0; LONGEST_PATH];
    let path = resolve(place, &mut buffer)?;
    let inside = path.strip_prefix(below)?.strip_prefix(b"/")?;
    let number = record::append(record, operation, inside)?;
    let fault = settings::fault_at(number)?;
    // A full disk refuses what needs room; a removal succeeds.
    let is_for_room = matches!(fault, Fault::Error(libc::ENOSPC | libc::EDQUOT));
    if is_for_room && operation != "write" {
        return None;
    }
    if fault == Fault::Kill || (fault == Fault::Tear && operation != "write") {
        kill();
    }
    Some(fault)
}

/// Ends the run: the leader of its session at once, and this process, which may be a worker; other workers end with their leader.
#[allow(unsafe_code, reason = "std cannot signal another process")]
pub(crate) fn kill() -> ! {
    // SAFETY: no call takes memory.
    unsafe {
        libc::kill(libc::getsid(0), libc::SIGKILL);
        libc::kill(libc::getpid(), libc::SIGKILL);
        loop {
            libc::pause();
        }
    }
}

/// The absolute path of a place.
#[allow(
    unsafe_code,
    reason = "std's own functions allocate, and a write may come from a signal handler"
)]
fn resolve(place: Place, buffer: &mut [u8; LONGEST_PATH]) -> Option<&[u8]> {
    let (folder, name) = match place {
        Place::File(file) => (file, None),
        // SAFETY: the caller of the C function has passed a string that ends in a zero byte.
        Place::Path(folder, path) => (folder, Some(unsafe { CStr::from_ptr(path) }.to_bytes())),
    };
    let start = match name {
        Some(name) if name.starts_with(b"/") => 0,
        _ => of_descriptor(folder, buffer)?,
    };
    let Some(name) = name else {
        return Some(&buffer[..start]);
    };
    let separator = usize::from(start > 0);
    let end = start + separator + name.len();
    let rest = buffer.get_mut(start..end)?;
    if separator == 1 {
        rest[0] = b'/';
    }
    rest[separator..].copy_from_slice(name);
    Some(&buffer[..end])
}

/// Writes the path of an open file or, for `AT_FDCWD`, of the current folder; returns its length.
#[allow(unsafe_code, reason = "as in `resolve`")]
fn of_descriptor(file: i32, buffer: &mut [u8; LONGEST_PATH]) -> Option<usize> {
    use std::io::Write as _;
    let mut link = [0_u8; 40];
    let mut text = std::io::Cursor::new(&mut link[..39]);
    if file == libc::AT_FDCWD {
        text.write_all(b"/proc/self/cwd").ok()?;
    } else {
        write!(text, "/proc/self/fd/{file}").ok()?;
    }
    // SAFETY: `link` ends in a zero byte, and the buffer is as long as is said.
    let length = unsafe {
        libc::readlink(
            link.as_ptr().cast(),
            buffer.as_mut_ptr().cast(),
            LONGEST_PATH,
        )
    };
    usize::try_from(length).ok()
}
