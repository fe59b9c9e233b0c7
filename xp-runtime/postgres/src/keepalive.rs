//! How a lost connection is noticed. A NAT that forgets a connection tells neither side, and the system's own limits are hours.

use std::time::Duration;

/// TCP keepalives and the limit for data that nobody acknowledges. Of no effect on sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keepalive {
    /// Whether a silent connection is probed.
    pub is_on: bool,
    /// Silence before the first probe.
    pub idle: Duration,
    /// Between probes.
    pub interval: Duration,
    /// Probes without an answer that end a connection.
    pub count: u32,
    /// Longest time that sent data may stay unacknowledged; the system's own where absent.
    pub user_timeout: Option<Duration>,
}

impl Default for Keepalive {
    fn default() -> Self {
        Self {
            is_on: true,
            idle: Duration::from_secs(30),
            interval: Duration::from_secs(10),
            count: 3,
            user_timeout: Some(Duration::from_secs(60)),
        }
    }
}
