//! Work that Ctrl-C does not wait for: it is repeated by the same command, or can be abandoned.

use std::{panic, thread, time::Duration};

use xp_clock::Clock;
use xp_host::interrupt;

use super::error::RunError;

/// How often the interrupt is checked.
const INTERVAL: Duration = Duration::from_millis(5);
/// As much as a main thread has: trees are grown by recursion.
const STACK: usize = 8 << 20;

/// The result of `work`, or `None` after Ctrl-C: then it is left to itself and ends with the process. A panic in it is one here.
pub(crate) fn unless_interrupted<T: Send + 'static>(
    clock: &Clock,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, RunError> {
    let worker = thread::Builder::new()
        .stack_size(STACK)
        .spawn(work)
        .map_err(|cause| RunError::Failed(format!("failed to start a thread: {cause}")))?;
    while !worker.is_finished() {
        if interrupt::requested() {
            return Ok(None);
        }
        clock.sleep(INTERVAL);
    }
    match worker.join() {
        Ok(result) => Ok(Some(result)),
        Err(panicked) => panic::resume_unwind(panicked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_elsewhere() {
        let here = thread::current().id();
        let there = unless_interrupted(&Clock::system(), move || thread::current().id());
        assert!(there.is_ok_and(|there| there.is_some_and(|there| there != here)));
    }
}
