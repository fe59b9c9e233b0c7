//! What a lease file says.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::process_lock::holder::Holder;

/// How often a holder renews its lease.
pub(super) const INTERVAL: Duration = Duration::from_secs(30);
/// The longest interval that a record of another version may ask others to reckon with.
const LONGEST: Duration = Duration::from_secs(600);

/// What a lease file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    #[serde(flatten)]
    pub(super) holder: Holder,
    /// Counts up with each renewal.
    pub(super) heartbeat: u64,
    /// Seconds between renewals.
    interval: u64,
    /// Whether the holder has given it up.
    pub(super) released: bool,
}

impl Record {
    /// That of a lease which begins.
    pub(super) fn new(holder: Holder) -> Self {
        Self {
            holder,
            heartbeat: 0,
            interval: INTERVAL.as_secs(),
            released: false,
        }
    }

    /// What a file says; absent where it is empty, torn or something else.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// The interval of a record, within bounds; that of this version where there is none.
pub(super) fn interval(record: Option<&Record>) -> Duration {
    record.map_or(INTERVAL, |record| {
        Duration::from_secs(record.interval).clamp(INTERVAL, LONGEST)
    })
}
