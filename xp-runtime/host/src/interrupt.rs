//! Signals that ask a run to end: Ctrl-C of a terminal, and those that batch systems send before they kill. The first asks the loop to stop
//! cleanly; Ctrl-C after it exits at once. A batch system repeats its own while a checkpoint is written, so those are noted once.

use std::{
    sync::atomic::{AtomicI32, Ordering},
    thread,
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2},
    iterator::Signals,
};

/// Exit code of a run that a user has interrupted, as shells have it for SIGINT.
const INTERRUPTED: u8 = 130;
/// Exit code of a run that a batch system has ended, which asks for the same command again: `EX_TEMPFAIL` of BSD's sysexits.h, which
/// `RequeueExit` of Slurm can name.
const REQUEUE: u8 = 75;

/// The signals, and what follows from each.
const SIGNALS: [(i32, &str, u8); 5] = [
    (SIGINT, "interrupt", INTERRUPTED),
    (SIGHUP, "SIGHUP", INTERRUPTED),
    (SIGTERM, "SIGTERM", REQUEUE),
    (SIGUSR1, "SIGUSR1", REQUEUE),
    (SIGUSR2, "SIGUSR2", REQUEUE),
];

/// The first signal, or 0.
static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// Listens from now on, and reports each signal that changes something to `notify`. Errors where it cannot listen.
pub fn install(notify: impl Fn(&str) + Send + 'static) -> Result<(), String> {
    let mut signals = listen()?;
    thread::spawn(move || {
        for signal in signals.forever() {
            let first = RECEIVED.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst);
            if first.is_ok() {
                notify(&format!(
                    "{}: stopping after this batch; run the same command again to resume",
                    name(signal)
                ));
            } else if signal == SIGINT {
                notify("second interrupt: exiting at once; finished work is kept");
                std::process::exit(i32::from(exit_code()));
            }
        }
    });
    Ok(())
}

/// Ignores the signals from now on: a worker is told by its search when to stop, and batch systems signal all processes of a job. Errors
/// where it cannot.
pub fn ignore() -> Result<(), String> {
    let mut signals = listen()?;
    thread::spawn(move || signals.forever().for_each(drop));
    Ok(())
}

/// Whether a signal was received.
pub fn requested() -> bool {
    RECEIVED.load(Ordering::Relaxed) != 0
}

/// Exit code of a run that a signal has ended: 75 where the batch system should run it again, else 130.
pub fn exit_code() -> u8 {
    code(RECEIVED.load(Ordering::Relaxed))
}

fn listen() -> Result<Signals, String> {
    Signals::new(SIGNALS.map(|(signal, ..)| signal))
        .map_err(|cause| format!("failed to listen for signals: {cause}"))
}

fn name(signal: i32) -> &'static str {
    let mut known = SIGNALS.iter();
    known
        .find(|known| known.0 == signal)
        .map_or("signal", |known| known.1)
}

fn code(signal: i32) -> u8 {
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
