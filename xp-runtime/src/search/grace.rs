//! How long workers may take to stop. It stops none.

use std::time::Duration;

use xp_host::interrupt;
use xp_spec::exit_code;

/// How long workers may take to stop: all of them are gone 2 s after Ctrl-C.
const GRACE: Duration = Duration::from_millis(1500);
/// The same where a batch system ends the run: it kills after half a minute, and a large checkpoint takes its time.
const BATCH_GRACE: Duration = Duration::from_secs(25);

/// How long workers may take to stop now.
pub(super) fn grace() -> Duration {
    match interrupt::requested() && interrupt::exit_code() == exit_code::REQUEUE {
        true => BATCH_GRACE,
        false => GRACE,
    }
}
