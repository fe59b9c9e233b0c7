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
    let (first, second) = encryptions(settings, host)?;
    let refused = match attempt(settings, host, first, clock) {
        Err(reason) if is_about_encryption(&reason) => reason,
        decided => return decided,
    };
    let Some(second) = second else {
        return Err(refused);
    };
    match attempt(settings, host, second, clock) {
        // What was preferred tells more, unless it only does not exist.
        Err(reason) if is_about_encryption(&reason) && refused != Reason::TlsAbsent => Err(refused),
        decided => decided,
    }
}

/// What is tried first, and what then.
fn encryptions(
    settings: &Settings,
    host: &Host,
) -> Result<(Encryption, Option<Encryption>), Reason> {
    // A socket leaves the machine nowhere.
    if matches!(host.address, Address::Socket(_)) {
        return Ok((Encryption::Plain, None));
    }
    let tls = || tls::config(&settings.tls).map(Arc::new);
    Ok(match settings.tls.mode {
        SslMode::Disable => (Encryption::Plain, None),
        SslMode::Allow => (Encryption::Plain, Some(Encryption::Tls(tls()?))),
        SslMode::Prefer => (Encryption::Tls(tls()?), Some(Encryption::Plain)),
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
            (Encryption::Tls(tls()?), None)
        }
    })
}

/// Whether it may be otherwise with TLS, or without. A certificate that is not trusted is no reason to do without.
fn is_about_encryption(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::AccessRefused { .. } | Reason::TlsAbsent | Reason::Tls { .. }
    )
}
