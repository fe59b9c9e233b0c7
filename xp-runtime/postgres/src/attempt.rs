//! One server is tried once, with TLS or without. It is waited for by the clock: a server may accept and then say nothing.

use std::{
    net::ToSocketAddrs as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use postgres::{Client, Config, NoTls, config};
use rustls::ClientConfig;
use tokio_postgres_rustls::MakeRustlsConnect;
use xp_clock::Clock;

use crate::{
    channel_binding::ChannelBinding,
    connect_error::Reason,
    diagnosis::{self, Attempt},
    host::{Address, Host},
    session::Session,
    settings::Settings,
};

/// How a connection is encrypted.
#[derive(Clone)]
pub(crate) enum Encryption {
    /// Not at all.
    Plain,
    /// By TLS in any case.
    Tls(Arc<ClientConfig>),
}

/// What the thread that connects tells.
enum Step {
    /// Another address: time starts again.
    Address,
    Done(Box<Result<Client, Reason>>),
}

/// Tries all addresses of a server. The thread that does so is left behind where the server says nothing in time; it ends when the
/// connection does.
pub(crate) fn attempt(
    settings: &Settings,
    host: &Host,
    encryption: Encryption,
    clock: &Clock,
) -> Result<Client, Reason> {
    let (sender, receiver) = channel();
    let (settings, host) = (settings.clone(), host.clone());
    let limit = settings.connect_timeout;
    let thread = thread::Builder::new().name("PostgreSQL".to_owned());
    let started = thread.spawn(move || {
        let tried = || addresses(&settings, &host, &encryption, &sender);
        // The client panics where it gets no file descriptors.
        let result = catch_unwind(AssertUnwindSafe(tried)).unwrap_or_else(|_| {
            Err(Reason::Other {
                said: "the client failed; are there too many open files?".to_owned(),
            })
        });
        // Nobody listens where it took too long.
        sender.send(Step::Done(Box::new(result))).ok();
    });
    match started {
        Ok(_) => wait(&receiver, limit, clock),
        Err(error) => Err(Reason::Other {
            said: format!("no thread for it: {error}"),
        }),
    }
}

fn wait(
    receiver: &Receiver<Step>,
    limit: Option<Duration>,
    clock: &Clock,
) -> Result<Client, Reason> {
    loop {
        let step = match limit {
            // Once to be accepted, which the client limits, and once to log in.
            Some(limit) => clock.receive(receiver, limit.saturating_mul(2)),
            None => receiver.recv().ok(),
        };
        match step {
            Some(Step::Address) => {}
            Some(Step::Done(result)) => return *result,
            None => return Err(diagnosis::timeout(limit)),
        }
    }
}

/// Tries one address after another, as long as it is the network that fails.
fn addresses(
    settings: &Settings,
    host: &Host,
    encryption: &Encryption,
    sender: &Sender<Step>,
) -> Result<Client, Reason> {
    let config = config(settings, host, encryption);
    let Address::Tcp(name) = &host.address else {
        return client(&config, settings, host, encryption);
    };
    let found = (name.as_str(), host.port).to_socket_addrs();
    let found = found.map_err(|error| diagnosis::of_resolver(&error, name))?;
    let mut last = Reason::Other {
        said: "the host has no address".to_owned(),
    };
    for address in found {
        sender.send(Step::Address).ok();
        let mut config = config.clone();
        config.hostaddr(address.ip());
        match client(&config, settings, host, encryption) {
            Err(
                reason @ (Reason::Refused { .. } | Reason::Timeout { .. } | Reason::Lost { .. }),
            ) => {
                last = reason;
            }
            decided => return decided,
        }
    }
    Err(last)
}

fn client(
    config: &Config,
    settings: &Settings,
    host: &Host,
    encryption: &Encryption,
) -> Result<Client, Reason> {
    let client = match encryption {
        Encryption::Plain => config.connect(NoTls),
        Encryption::Tls(tls) => config.connect(MakeRustlsConnect::new(ClientConfig::clone(tls))),
    };
    let attempt = Attempt {
        settings,
        host,
        is_encrypted: !matches!(encryption, Encryption::Plain),
    };
    client.map_err(|error| diagnosis::of_client(&error, attempt))
}

/// The client's own form of the settings.
fn config(settings: &Settings, host: &Host, encryption: &Encryption) -> Config {
    let mut config = Config::new();
    match &host.address {
        Address::Tcp(name) => config.host(name),
        Address::Socket(folder) => config.host_path(folder),
    };
    config
        .port(host.port)
        .user(&settings.user)
        .dbname(&settings.database)
        .application_name(&settings.application_name)
        .ssl_mode(match encryption {
            Encryption::Plain => config::SslMode::Disable,
            Encryption::Tls(_) => config::SslMode::Require,
        })
        .channel_binding(match settings.channel_binding {
            ChannelBinding::Disable => config::ChannelBinding::Disable,
            ChannelBinding::Prefer => config::ChannelBinding::Prefer,
            ChannelBinding::Require => config::ChannelBinding::Require,
        })
        .target_session_attrs(match settings.session {
            Session::Any => config::TargetSessionAttrs::Any,
            Session::ReadWrite => config::TargetSessionAttrs::ReadWrite,
            Session::ReadOnly => config::TargetSessionAttrs::ReadOnly,
        })
        .keepalives(settings.keepalive.is_on)
        .keepalives_idle(settings.keepalive.idle)
        .keepalives_interval(settings.keepalive.interval)
        .keepalives_retries(settings.keepalive.count);
    if let Some(password) = &host.password {
        config.password(password.reveal());
    }
    if let Some(options) = &settings.options {
        config.options(options);
    }
    if let Some(limit) = settings.connect_timeout {
        config.connect_timeout(limit);
    }
    if let Some(limit) = settings.keepalive.user_timeout {
        config.tcp_user_timeout(limit);
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    #[test]
    fn the_client_is_told_all_settings_and_shows_no_password() {
        let url = "postgresql://u:hidden@h:6/d?options=-c%20a%3Db&tcp_user_timeout=4000&channel_binding=require";
        let environment = Environment {
            variable: &|_| None,
            exists: &|_| false,
            account: None,
            home: None,
        };
        let settings = Settings::from_url(url, &environment).unwrap();
        let config = config(&settings, &settings.hosts[0], &Encryption::Plain);
        assert_eq!(config.get_password(), Some(b"hidden".as_slice()));
        assert!(!format!("{config:?}").contains("hidden"));
        assert_eq!(
            (config.get_user(), config.get_dbname()),
            (Some("u"), Some("d"))
        );
        assert_eq!(config.get_ports(), [6]);
        assert_eq!(config.get_options(), Some("-c a=b"));
        assert_eq!(config.get_application_name(), Some("xp"));
        assert_eq!(config.get_ssl_mode(), config::SslMode::Disable);
        assert_eq!(
            config.get_channel_binding(),
            config::ChannelBinding::Require
        );
        let seconds = Duration::from_secs;
        assert_eq!(config.get_connect_timeout(), Some(&seconds(10)));
        assert_eq!(config.get_tcp_user_timeout(), Some(&seconds(4)));
        assert!(config.get_keepalives());
        assert_eq!(config.get_keepalives_idle(), seconds(30));
        assert_eq!(config.get_keepalives_interval(), Some(seconds(10)));
        assert_eq!(config.get_keepalives_retries(), Some(3));
    }
}
