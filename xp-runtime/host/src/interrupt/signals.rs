//! The signals that ask a run to end: names and exit codes.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use xp_spec::exit_code::{INTERRUPTED, REQUEUE};

/// The signals, and what follows from each.
pub(super) const SIGNALS: [(i32, &str, u8); 5] = [
    (SIGINT, "interrupt", INTERRUPTED),
    (SIGHUP, "SIGHUP", INTERRUPTED),
    (SIGTERM, "SIGTERM", REQUEUE),
    (SIGUSR1, "SIGUSR1", REQUEUE),
    (SIGUSR2, "SIGUSR2", REQUEUE),
];

pub(super) fn name(signal: i32) -> &'static str {
    let mut known = SIGNALS.iter();
    known
        .find(|known| known.0 == signal)
        .map_or("signal", |known| known.1)
}

pub(super) fn code(signal: i32) -> u8 {
    let mut known = SIGNALS.iter();
    known
        .find(|known| known.0 == signal)
        .map_or(INTERRUPTED, |known| known.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_system_is_asked_to_requeue_and_a_user_is_not() {
        assert_eq!([SIGINT, SIGHUP, 0].map(code), [130; 3]);
        assert_eq!([SIGTERM, SIGUSR1, SIGUSR2].map(code), [75; 3]);
        assert_eq!(name(SIGUSR1), "SIGUSR1");
    }
}
