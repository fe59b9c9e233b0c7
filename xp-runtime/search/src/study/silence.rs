//! For how long no heartbeat of a trial has come, by this machine's monotonic clock. Times of the file are of other machines' clocks.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// The last heartbeats of trials, and when each was first seen here.
#[derive(Debug, Default)]
pub(super) struct Heartbeats {
    seen: HashMap<i64, (Option<String>, Instant)>,
    looked: Option<Instant>,
}

impl Heartbeats {
    /// Starts anew where nobody has looked for longer than that.
    pub(super) fn forget_after(&mut self, patience: Duration, now: Instant) {
        let last = self.looked.replace(now);
        if last.is_some_and(|last| now.saturating_duration_since(last) > patience) {
            self.seen.clear();
        }
    }

    /// For how long the heartbeat of a trial has been this one; nothing where it is seen for the first time.
    pub(super) fn silence(
        &mut self,
        trial_id: i64,
        last: Option<String>,
        now: Instant,
    ) -> Duration {
        let seen = self
            .seen
            .entry(trial_id)
            .or_insert_with(|| (last.clone(), now));
        if seen.0 != last {
            *seen = (last, now);
        }
        now.saturating_duration_since(seen.1)
    }
}

#[cfg(test)]
mod tests {
    use xp_clock::Clock;

    use super::*;

    #[test]
    fn silence_lasts_until_another_heartbeat_comes() {
        let clock = Clock::manual();
        let mut heartbeats = Heartbeats::default();
        let mut silence = |seconds: u64, last: Option<&str>| {
            clock.advance(Duration::from_secs(seconds));
            let last = last.map(ToOwned::to_owned);
            heartbeats.silence(1, last, clock.now()).as_secs()
        };
        let found = [
            silence(10, None),
            silence(10, None),
            silence(10, Some("12:00")),
            silence(10, Some("12:00")),
            silence(50, Some("12:00")),
            // An earlier time is another heartbeat: that machine's clock was set back.
            silence(10, Some("11:00")),
        ];
        assert_eq!(found, [0, 10, 0, 10, 60, 0]);
    }

    #[test]
    fn who_has_not_looked_knows_nothing_of_silence() {
        let clock = Clock::manual();
        let mut heartbeats = Heartbeats::default();
        let mut silence = |seconds: u64| {
            clock.advance(Duration::from_secs(seconds));
            heartbeats.forget_after(Duration::from_secs(90), clock.now());
            heartbeats.silence(1, None, clock.now()).as_secs()
        };
        assert_eq!(
            [
                silence(0),
                silence(90),
                silence(30),
                silence(600),
                silence(30)
            ],
            [0, 90, 120, 0, 30]
        );
    }
}
