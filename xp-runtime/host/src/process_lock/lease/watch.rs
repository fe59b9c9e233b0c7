//! Whether the holder of a lease is alive, as seen from here: by the changes of its file and this process's own clock. Times of machines are
//! never compared, and neither are process ids.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// A holder is taken for dead after so many intervals without a change.
const MISSED: u32 = 3;

/// What is known of a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Liveness {
    /// Nothing yet.
    Unclear,
    /// It has renewed its lease while it was watched.
    Alive,
    /// It has not, for long enough.
    Dead,
}

/// A lease file that is watched.
#[derive(Debug, Default)]
pub(super) struct Watch {
    seen: Option<Seen>,
}

#[derive(Debug)]
struct Seen {
    path: PathBuf,
    bytes: Vec<u8>,
    /// When it last changed, or was first seen.
    since: Instant,
    is_alive: bool,
}

impl Watch {
    /// Judges what a file says now. Another file begins anew. Bytes are compared, not numbers: a torn record is one that has changed.
    pub(super) fn look(
        &mut self,
        path: &Path,
        bytes: &[u8],
        interval: Duration,
        now: Instant,
    ) -> Liveness {
        match &mut self.seen {
            Some(seen) if seen.path == path => {
                if seen.bytes != bytes {
                    seen.bytes = bytes.to_vec();
                    seen.since = now;
                    seen.is_alive = true;
                }
                if now.saturating_duration_since(seen.since) >= patience(interval) {
                    Liveness::Dead
                } else if seen.is_alive {
                    Liveness::Alive
                } else {
                    Liveness::Unclear
                }
            }
            _ => {
                self.seen = Some(Seen {
                    path: path.to_owned(),
                    bytes: bytes.to_vec(),
                    since: now,
                    is_alive: false,
                });
                Liveness::Unclear
            }
        }
    }
}

/// How long a holder is watched before it is taken for dead.
pub(super) fn patience(interval: Duration) -> Duration {
    interval * MISSED
}

#[cfg(test)]
mod tests {
    use xp_clock::Clock;

    use super::*;

    #[test]
    fn a_holder_is_dead_after_three_intervals_without_a_change() {
        let (clock, interval) = (Clock::manual(), Duration::from_secs(30));
        let mut watch = Watch::default();
        let mut look = |seconds, path: &str, bytes: &[u8]| {
            clock.advance(Duration::from_secs(seconds));
            watch.look(Path::new(path), bytes, interval, clock.now())
        };
        use Liveness::{Alive, Dead, Unclear};
        for (seconds, path, bytes, expected) in [
            (0, "1", &b"a"[..], Unclear),
            (89, "1", b"a", Unclear),
            (1, "1", b"a", Dead),
            // It was only slow.
            (1, "1", b"b", Alive),
            (89, "1", b"b", Alive),
            (1, "1", b"", Alive),
            (90, "1", b"", Dead),
            // Another one has taken over.
            (0, "2", b"", Unclear),
            (90, "2", b"", Dead),
        ] {
            assert_eq!(look(seconds, path, bytes), expected, "{path} {bytes:?}");
        }
    }
}
