//! Which errors pass by themselves. It decides nothing about how often to try again.

use std::{
    error::Error as _,
    io::{self, ErrorKind},
};

use postgres::error::SqlState;

/// Whether an open connection was lost, or the server went away, and a new connection may do: whatever the statement was, nobody knows
/// whether it was carried out.
pub fn is_transient(error: &postgres::Error) -> bool {
    if let Some(code) = error.code() {
        return is_transient_code(code);
    }
    let lost = error.source().and_then(|source| source.downcast_ref());
    error.is_closed() || lost.is_some_and(is_loss)
}

/// Whether the server undid the transaction because of another one, and asks for it again: it cannot be serialized, or it would wait for
/// ever. The connection is as good as before.
pub fn is_retryable(error: &postgres::Error) -> bool {
    error.code().is_some_and(is_retryable_code)
}

/// Connection exceptions, too many connections, and a server that starts or shuts down.
pub(crate) fn is_transient_code(code: &SqlState) -> bool {
    let named = [
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
    ];
    named.contains(code) || code.code().starts_with("08")
}

fn is_retryable_code(code: &SqlState) -> bool {
    [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ]
    .contains(code)
}

/// Whether the system's error is that of a connection or a network that is gone.
pub(crate) fn is_loss(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BrokenPipe
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::Interrupted
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NotConnected
            | ErrorKind::TimedOut
            | ErrorKind::UnexpectedEof
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_transient_retryable_or_neither() {
        for (code, transient, retryable) in [
            ("57P01", true, false),
            ("57P02", true, false),
            ("57P03", true, false),
            ("53300", true, false),
            ("08006", true, false),
            ("08P01", true, false),
            ("40001", false, true),
            ("40P01", false, true),
            ("57014", false, false),
            ("23505", false, false),
            ("28P01", false, false),
            ("3D000", false, false),
            ("53100", false, false),
        ] {
            let state = SqlState::from_code(code);
            assert_eq!(is_transient_code(&state), transient, "{code}");
            assert_eq!(is_retryable_code(&state), retryable, "{code}");
        }
    }
}
