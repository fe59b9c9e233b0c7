//! Whether an error of a lock says that the file system has none. What follows is up to the callers.

use std::io;

use rustix::io::Errno;

/// Whether the file system has no locks. Lustre without `-o flock` answers ENOSYS; NFS without a lock daemon, and systems without room for
/// another lock, ENOLCK.
pub fn lock_is_unsupported(cause: &io::Error) -> bool {
    let code = cause.raw_os_error();
    [Errno::NOSYS, Errno::NOLCK, Errno::OPNOTSUPP]
        .iter()
        .any(|errno| code == Some(errno.raw_os_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_without_locks_is_told_from_one_that_fails() {
        for (errno, expected) in [
            (Errno::NOSYS, true),
            (Errno::NOLCK, true),
            (Errno::OPNOTSUPP, true),
            (Errno::IO, false),
            (Errno::ACCESS, false),
        ] {
            assert_eq!(lock_is_unsupported(&errno.into()), expected, "{errno}");
        }
        assert!(!lock_is_unsupported(&io::ErrorKind::Unsupported.into()));
    }
}
