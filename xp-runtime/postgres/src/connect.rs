//! A connection is made: one server after another, and with TLS or without as `sslmode` says.

use std::sync::Arc;

use postgres::Client;
use xp_clock::Clock;

use crate::{
    attempt::{Encryption, attempt},
    connect_error::{ConnectError, Reason},
    host::{Address, Host},
    settings::Settings,
    ssl_mode::SslMode,
    tls,
};

/// Connects to the first server that will do. As libpq, it goes on to the next where one cannot be reached or is not ready, and not where
/// one refuses.
///
/// # Errors
/// Why the last that was tried does not do.
pub fn connect(settings: &Settings, clock: &Clock) -> Result<Client, ConnectError> {
    let mut last = Reason::Other {
        said: "there is no host".to_owned(),
    };
    for host in &settings.hosts {
        match to_host(settings, host, clock) {
            Ok(client) => return Ok(client),
            Err(reason) => {
                let goes_on = is_elsewhere(&reason);
                last = reason;
                if !goes_on {
                    break;
                }
            }
        }
    }
    Err(ConnectError {
        server: settings.to_string(),
        reason: last,
    })
}

/// Whether another server may do.
fn is_elsewhere(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::HostNotFound { .. }
            | Reason::Refused { .. }
            | Reason::Timeout { .. }
            | Reason::Lost { .. }
            | Reason::NotReady { .. }
            | Reason::OtherSession { .. }
    )
}

fn to_host(settings: &Settings, host: &Host, clock: &Clock) -> Result<Client, Reason> {
    let plain = || attempt(settings, host, Encryption::Plain, clock);
    let encrypted = || {
        let config = Arc::new(tls::config(&settings.tls)?);
        attempt(settings, host, Encryption::Tls(config), clock)
    };
    match (&host.address, settings.tls.mode) {
        // A socket leaves the machine nowhere.
        (Address::Socket(_), _) | (_, SslMode::Disable) => plain(),
        (_, SslMode::Allow) => either(plain, encrypted),
        (_, SslMode::Prefer) => either(encrypted, plain),
        (_, SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => encrypted(),
    }
}

/// The first way, or the second where it may be otherwise.
fn either(
    first: impl FnOnce() -> Result<Client, Reason>,
    second: impl FnOnce() -> Result<Client, Reason>,
) -> Result<Client, Reason> {
    let refused = match first() {
        Err(reason) if is_about_encryption(&reason) => reason,
        decided => return decided,
    };
    match second() {
        // What was preferred tells more, unless it only does not exist.
        Err(reason) if is_about_encryption(&reason) && refused != Reason::TlsAbsent => Err(refused),
        decided => decided,
    }
}

/// Whether it may be otherwise with TLS, or without. A certificate that is not trusted is no reason to do without.
fn is_about_encryption(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::AccessRefused { .. } | Reason::TlsAbsent | Reason::Tls { .. }
    )
}
