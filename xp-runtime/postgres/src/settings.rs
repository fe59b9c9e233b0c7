//! All settings of a connection: those of a URL, completed as libpq does.

use std::{path::PathBuf, time::Duration};

use crate::{
    channel_binding::ChannelBinding,
    environment::Environment,
    host::{Address, Host, socket},
    keepalive::Keepalive,
    parameters::{Parameters, Value},
    password::{Origin, Password},
    password_file::{self, Warning},
    session::Session,
    settings_error::SettingsError,
    ssl_mode::{Roots, SslMode, Tls},
    url,
};

const PORT: u16 = 5432;
/// Where servers of Debian, and of all others, have their sockets.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const APPLICATION: &str = "xp";

/// Everything that a connection needs. `Display` is what may be shown and kept: a URL without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The servers, tried in this order; at least one.
    pub hosts: Vec<Host>,
    /// Role.
    pub user: String,
    /// Database.
    pub database: String,
    /// The password file, where there is a home folder or one was named.
    pub password_file: Option<PathBuf>,
    /// Whether the password file was named: then it must exist.
    pub is_password_file_named: bool,
    /// TLS and its files.
    pub tls: Tls,
    /// Whether a login is tied to its TLS connection.
    pub channel_binding: ChannelBinding,
    /// Longest time for one address to accept, and again to log in; no limit where absent.
    pub connect_timeout: Option<Duration>,
    /// How the session is named in `pg_stat_activity`.
    pub application_name: String,
    /// Options of the server, such as `-c statement_timeout=60000`.
    pub options: Option<String>,
    /// How a lost connection is noticed.
    pub keepalive: Keepalive,
    /// Which of several servers will do.
    pub session: Session,
}

impl Settings {
    /// The settings of a URL, completed by the environment of this process and the password file.
    ///
    /// # Errors
    /// A setting that cannot be understood.
    pub fn of_process(url: &str) -> Result<(Self, Vec<Warning>), SettingsError> {
        let mut settings = Self::from_url(url, &Environment::of_process())?;
        let warnings = settings.read_password_file();
        Ok((settings, warnings))
    }

    /// The settings of a URL, completed by an environment. It reads no file.
    ///
    /// # Errors
    /// A setting that cannot be understood.
    pub fn from_url(url: &str, environment: &Environment<'_>) -> Result<Self, SettingsError> {
        let parameters = url::parse(url)?;
        let get = |name: &str| parameters.get(name, environment);
        let text = |name: &str| Ok(get(name)?.map(|value| value.text));
        let account = || environment.account.clone().ok_or(SettingsError::User);
        let user = text("user")?.map_or_else(account, Ok)?;
        let password = get("password")?.map(
            |Value {
                 text, is_in_url, ..
             }| {
                let origin = if is_in_url {
                    Origin::Url
                } else {
                    Origin::Variable
                };
                Password::new(text, origin)
            },
        );
        let named = text("passfile")?.map(PathBuf::from);
        Ok(Self {
            hosts: hosts(get("host")?, get("port")?, password.as_ref(), environment)?,
            database: text("dbname")?.unwrap_or_else(|| user.clone()),
            user,
            is_password_file_named: named.is_some(),
            password_file: named.or_else(|| environment.at_home(".pgpass")),
            tls: tls(&parameters, environment)?,
            channel_binding: match get("channel_binding")? {
                Some(value) => value.one_of(&ChannelBinding::NAMES)?,
                None => ChannelBinding::Prefer,
            },
            connect_timeout: match get("connect_timeout")? {
                Some(value) => limit(value.number::<i32>("a number of seconds")?),
                None => Some(CONNECT_TIMEOUT),
            },
            application_name: text("application_name")?.unwrap_or_else(|| APPLICATION.to_owned()),
            options: text("options")?,
            keepalive: keepalive(&parameters, environment)?,
            session: match get("target_session_attrs")? {
                Some(value) => value.one_of(&Session::NAMES)?,
                None => Session::Any,
            },
        })
    }

    /// Takes passwords out of the password file, for hosts that have none. As libpq, it reads no file that others could read.
    pub fn read_password_file(&mut self) -> Vec<Warning> {
        let Some(path) = self.password_file.clone() else {
            return Vec::new();
        };
        if self.hosts.iter().all(|host| host.password.is_some()) {
            return Vec::new();
        }
        let (entries, warnings) = password_file::read(&path, self.is_password_file_named);
        for host in &mut self.hosts {
            if host.password.is_none() {
                let found = entries.iter().find(|entry| {
                    entry.is_for(&host.address, host.port, &self.database, &self.user)
                });
                host.password = found.map(|entry| entry.password(&path));
            }
        }
        warnings
    }
}

/// As libpq: fewer than 2 s are 2 s, and 0 is no limit.
fn limit(seconds: i32) -> Option<Duration> {
    let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    Some(Duration::from_secs(seconds.max(2)))
}

fn hosts(
    host: Option<Value>,
    port: Option<Value>,
    password: Option<&Password>,
    environment: &Environment<'_>,
) -> Result<Vec<Host>, SettingsError> {
    let host = host.map_or_else(String::new, |value| value.text);
    let addresses: Vec<&str> = host.split(',').collect();
    let ports = ports(port.as_ref())?;
    if ports.len() > 1 && ports.len() != addresses.len() {
        return Err(SettingsError::Ports {
            hosts: addresses.len(),
            ports: ports.len(),
        });
    }
    let of = |index: usize| ports.get(index).or(ports.first()).copied();
    let hosts = addresses.iter().enumerate().map(|(index, text)| {
        let port = of(index).unwrap_or(PORT);
        let address = match *text {
            "" => default_address(port, environment),
            text => Address::new(text),
        };
        Host {
            address,
            port,
            password: password.cloned(),
        }
    });
    Ok(hosts.collect())
}

fn ports(list: Option<&Value>) -> Result<Vec<u16>, SettingsError> {
    let Some(value) = list else {
        return Ok(Vec::new());
    };
    let port = |text: &str| match text.trim().parse() {
        _ if text.is_empty() => Ok(PORT),
        Ok(port) if port > 0 => Ok(port),
        _ => Err(value.refused("a number from 1 to 65535")),
    };
    value.text.split(',').map(port).collect()
}

/// The socket of a server on this machine, where there is one.
fn default_address(port: u16, environment: &Environment<'_>) -> Address {
    let mut folders = SOCKET_FOLDERS.iter().map(PathBuf::from);
    let found = folders.find(|folder| (environment.exists)(&socket(folder, port)));
    found.map_or_else(|| Address::Tcp("localhost".to_owned()), Address::Socket)
}

fn tls(parameters: &Parameters, environment: &Environment<'_>) -> Result<Tls, SettingsError> {
    let path = |name: &str| Ok(parameters.get(name, environment)?.map(|value| value.text));
    let roots = match path("sslrootcert")? {
        Some(text) if text == "system" => Roots::System,
        Some(text) => Roots::Named(text.into()),
        None => match environment.at_home(".postgresql/root.crt") {
            Some(path) => Roots::Default(path),
            None => Roots::Nobody,
        },
    };
    let mode = match parameters.get("sslmode", environment)? {
        Some(value) => value.one_of(&SslMode::NAMES)?,
        None if roots == Roots::System => SslMode::VerifyFull,
        None => SslMode::Prefer,
    };
    if roots == Roots::System && mode != SslMode::VerifyFull {
        return Err(SettingsError::SystemRoots);
    }
    let (certificate, key) = (path("sslcert")?, path("sslkey")?);
    Ok(Tls {
        mode,
        roots,
        is_certificate_named: certificate.is_some(),
        certificate: certificate
            .map(PathBuf::from)
            .or_else(|| environment.at_home(".postgresql/postgresql.crt")),
        key: key
            .map(PathBuf::from)
            .or_else(|| environment.at_home(".postgresql/postgresql.key")),
    })
}

fn keepalive(
    parameters: &Parameters,
    environment: &Environment<'_>,
) -> Result<Keepalive, SettingsError> {
    let number = |name: &str| {
        let value = parameters.get(name, environment)?;
        let number = value.map(|value| value.number::<u32>("a number from 0 to 4294967295"));
        number.transpose()
    };
    // As libpq: 0 is the default, which is the system's there.
    let positive = |name: &str| Ok(number(name)?.filter(|number| *number > 0));
    let seconds = |name: &str| Ok(positive(name)?.map(|number| Duration::from_secs(number.into())));
    let default = Keepalive::default();
    Ok(Keepalive {
        is_on: number("keepalives")?.map_or(default.is_on, |number| number != 0),
        idle: seconds("keepalives_idle")?.unwrap_or(default.idle),
        interval: seconds("keepalives_interval")?.unwrap_or(default.interval),
        count: positive("keepalives_count")?.unwrap_or(default.count),
        user_timeout: match number("tcp_user_timeout")? {
            Some(0) => None,
            Some(milliseconds) => Some(Duration::from_millis(milliseconds.into())),
            None => default.user_timeout,
        },
    })
}
