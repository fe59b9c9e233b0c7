//! What an error of the client, of the system or of TLS means for who wants to connect.

use std::{error::Error, io, iter, time::Duration};

use postgres::error::{DbError, SqlState};

use crate::{
    connect_error::{Reason, quoted},
    host::{Address, Host},
    password_file,
    settings::Settings,
    transient::{is_loss, is_transient_code},
};

/// What was tried.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) host: &'a Host,
    pub(crate) is_encrypted: bool,
}

/// What the client's error means.
pub(crate) fn of_client(error: &postgres::Error, attempt: Attempt<'_>) -> Reason {
    if let Some(error) = error.as_db_error() {
        return of_server(error, attempt);
    }
    if let Some(error) = cause::<rustls::Error>(error) {
        return of_tls(error);
    }
    if let Some(error) = cause::<io::Error>(error) {
        return of_system(error, attempt);
    }
    let said = last(error);
    // The client has no type for these.
    match said.as_str() {
        "password missing" => Reason::PasswordMissing {
            line: line(attempt),
        },
        "server does not support TLS" => Reason::TlsAbsent,
        _ if error.is_closed() => Reason::Lost { said },
        _ => Reason::Other { said },
    }
}

/// What the server says.
fn of_server(error: &DbError, attempt: Attempt<'_>) -> Reason {
    let Attempt { settings, host, .. } = attempt;
    let (address, port) = (quoted(&host.address.text()), host.port);
    let (user, database) = (quoted(&settings.user), quoted(&settings.database));
    let (code, said) = (error.code(), quoted(error.message()));
    // Messages may be in any language; the name of the function that complained is not.
    let is_role = error.routine() == Some("InitializeSessionUserId");
    if *code == SqlState::INVALID_PASSWORD {
        match &host.password {
            Some(password) => Reason::PasswordWrong {
                user,
                origin: quoted(&password.origin().to_string()),
            },
            None => Reason::PasswordMissing {
                line: line(attempt),
            },
        }
    } else if *code == SqlState::INVALID_CATALOG_NAME {
        Reason::NoDatabase {
            database,
            user,
            host: address,
            port,
        }
    } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION && is_role {
        Reason::NoRole {
            user,
            host: address,
            port,
        }
    } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        Reason::AccessRefused {
            is_encrypted: attempt.is_encrypted,
            said,
        }
    } else if *code == SqlState::TOO_MANY_CONNECTIONS {
        Reason::TooManyConnections { said }
    } else if is_transient_code(code) && code.code().starts_with("57") {
        Reason::NotReady { said }
    } else {
        let code = code.code().to_owned();
        Reason::Server { code, said }
    }
}

fn of_tls(error: &rustls::Error) -> Reason {
    let said = quoted(&error.to_string());
    match error {
        rustls::Error::InvalidCertificate(_) => Reason::Certificate { said },
        _ => Reason::Tls { said },
    }
}

/// What the system says of a connection.
pub(crate) fn of_system(error: &io::Error, attempt: Attempt<'_>) -> Reason {
    let Attempt { settings, host, .. } = attempt;
    let said = quoted(&error.to_string());
    let is_socket = matches!(host.address, Address::Socket(_));
    match error.kind() {
        io::ErrorKind::ConnectionRefused => refused(host),
        // A server that is not running has no socket.
        io::ErrorKind::NotFound if is_socket => refused(host),
        io::ErrorKind::TimedOut => timeout(settings.connect_timeout),
        // The client's own error, not the system's.
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
            Reason::OtherSession { said }
        }
        _ if is_loss(error) => Reason::Lost { said },
        _ => Reason::Other { said },
    }
}

/// What the resolver says of a name. The system has no error number for it in the standard library, only glibc's and musl's words.
pub(crate) fn of_resolver(error: &io::Error, host: &str) -> Reason {
    let said = error.to_string();
    let words = ["Temporary failure", "Try again"];
    Reason::HostNotFound {
        host: quoted(host),
        is_temporary: words.iter().any(|words| said.contains(words)),
        said: quoted(&said),
    }
}

/// A limit that has passed.
pub(crate) fn timeout(limit: Option<Duration>) -> Reason {
    match limit {
        Some(limit) => Reason::Timeout {
            seconds: limit.as_secs(),
        },
        None => Reason::Lost {
            said: "the system waits no longer".to_owned(),
        },
    }
}

fn refused(host: &Host) -> Reason {
    Reason::Refused {
        host: quoted(&host.address.text()),
        port: host.port,
    }
}

fn line(attempt: Attempt<'_>) -> String {
    let Attempt { settings, host, .. } = attempt;
    quoted(&password_file::line(
        &host.address,
        host.port,
        &settings.database,
        &settings.user,
    ))
}

/// An error and all that caused it. An error inside one of the system is not its source, but in it.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |error| within(*error))
}

fn within<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(within) => Some(within),
        None => error.source(),
    }
}

fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// What is said by the innermost error.
fn last(error: &postgres::Error) -> String {
    let innermost = causes(error).last();
    quoted(&innermost.map_or_else(String::new, ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_that_does_not_answer_may_do_so_later() {
        let lookup = "failed to lookup address information";
        for (said, expected) in [
            ("Temporary failure in name resolution", true),
            ("Try again", true),
            ("Name or service not known", false),
            ("Name does not resolve", false),
        ] {
            let error = io::Error::other(format!("{lookup}: {said}"));
            let reason = of_resolver(&error, "h");
            assert_eq!(reason.is_transient(), expected, "{said}");
            assert!(reason.to_string().contains(said), "{reason}");
        }
    }
}
