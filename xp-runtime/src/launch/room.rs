//! The message of a disk that is full, or of a quota that is used up, amid a run: what the run needs and what is free.

use xp_host::resources::{bytes, free_disk};

use crate::{context::RunError, journal::Room};

/// Parts of messages of a full disk: of the system (ENOSPC), and of SQLite.
const FULL: [&str; 2] = ["(os error 28)", "database or disk is full"];
/// That of a quota (EDQUOT), and what SQLite makes of it.
const QUOTA: [&str; 2] = ["(os error 122)", "disk I/O error"];

/// Adds to an error for want of room how much is needed, and what to do. Errors are text here: a dozen libraries have put them into words.
pub(super) fn explained(error: RunError, room: Option<Room>) -> RunError {
    let (RunError::Failed(message), Some(Room { needed, folder })) = (&error, room) else {
        return error;
    };
    let free = || free_disk(&folder).map_or_else(|| "an unknown amount".to_owned(), bytes);
    let needed = bytes(needed);
    let has = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
    let remedy = if has(&QUOTA) {
        format!(
            "{} free now, {needed} needed; `quota -s` tells what this user may still write",
            free()
        )
    } else if has(&FULL) {
        format!("{} free now, {needed} needed", free())
    } else {
        return error;
    };
    RunError::Failed(format!(
        "{message}; {remedy}: make room on the disk of {} and run the same command, which goes on from the last checkpoint",
        folder.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_error_for_want_of_room_names_it() {
        let room = || {
            Some(Room {
                needed: 3 << 20,
                folder: "/".into(),
            })
        };
        let cases = [
            (
                "x: No space left on device (os error 28)",
                "free now, 3.0 MiB needed: make room",
            ),
            (
                "the study: database or disk is full",
                "free now, 3.0 MiB needed: make room",
            ),
            (
                "x: Disk quota exceeded (os error 122)",
                "3.0 MiB needed; `quota -s`",
            ),
            ("the study: disk I/O error", "3.0 MiB needed; `quota -s`"),
        ];
        for (message, expected) in cases {
            let explained = explained(RunError::Failed(message.to_owned()), room()).to_string();
            assert!(
                explained.starts_with(message) && explained.contains(expected),
                "{explained}"
            );
        }
        let kept = [
            RunError::Failed("x: Permission denied (os error 13)".to_owned()),
            RunError::Interrupted("Ctrl-C (os error 28)".to_owned()),
        ];
        for error in kept {
            assert_eq!(explained(error.clone(), room()), error);
        }
    }
}
