//! Times as Optuna stores them: UTC without zone, microseconds. It judges none.

use chrono::NaiveDateTime;
use xp_clock::Clock;

/// Now.
pub(super) fn now(clock: &Clock) -> String {
    stored(clock.utc().naive_utc())
}

/// A time as it is stored.
pub(super) fn stored(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

/// A stored time; `None` where it cannot be read.
pub(super) fn parse(stored: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(stored, "%Y-%m-%d %H:%M:%S%.f").ok()
}
