//! Waiting for an event of another process or thread. It has no deadline, which a busy machine would miss; it ends where the event can no
//! longer come.

use std::time::Duration;

use xp_clock::Clock;

/// Between two looks at a condition.
const INTERVAL: Duration = Duration::from_millis(10);

/// Waits until a condition holds. `is_over` is whether what would bring it about has ended: a process has exited, a thread is finished.
///
/// # Panics
/// Where that has ended and the condition still does not hold.
pub fn wait_until(what: &str, is_over: impl FnMut() -> bool, condition: impl FnMut() -> bool) {
    assert!(has_come(is_over, condition), "it ended before {what}");
}

/// Whether a condition holds at last, or what would bring it about has ended without.
pub(crate) fn has_come(
    mut is_over: impl FnMut() -> bool,
    mut condition: impl FnMut() -> bool,
) -> bool {
    let clock = Clock::system();
    loop {
        // Asked first: what happened just before the end has happened.
        let was_over = is_over();
        if condition() {
            return true;
        }
        if was_over {
            return false;
        }
        clock.sleep(INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_waited_for_and_seen_at_the_very_end() {
        let mut asked = 0;
        wait_until(
            "the third time",
            || false,
            || {
                asked += 1;
                asked == 3
            },
        );
        wait_until("what is so already", || true, || true);
    }

    #[test]
    #[should_panic(expected = "it ended before the moon fell")]
    fn what_can_no_longer_come_fails() {
        wait_until("the moon fell", || true, || false);
    }
}
