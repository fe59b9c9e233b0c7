//! Why there is no connection, and what to do about it.

use xp_spec::printable::printable;

/// A connection that was not made. It names the server as [`crate::Settings`] shows it, without a password.
#[derive(Debug, thiserror::Error)]
#[error("no connection to {server}: {reason}")]
pub struct ConnectError {
    /// The settings, as they may be shown.
    pub server: String,
    /// What is wrong.
    pub reason: Reason,
}

impl ConnectError {
    /// Whether the same may succeed later, when nobody has changed anything: a server that starts, a network that returns.
    pub fn is_transient(&self) -> bool {
        self.reason.is_transient()
    }
}

/// What is wrong and what to do. Texts of servers and libraries are printable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The name has no address.
    #[error(
        "the host `{host}` is not found ({said}); correct the name, or ask the name server with `getent hosts {host}`"
    )]
    HostNotFound {
        /// The name.
        host: String,
        /// Whether the name server may answer later.
        is_temporary: bool,
        /// What the resolver said.
        said: String,
    },
    /// Nobody listens there.
    #[error("nobody listens there; is the server running? `pg_isready -h {} -p {port}` tells", argument(.host))]
    Refused {
        /// Host or folder of the socket.
        host: String,
        /// Port.
        port: u16,
    },
    /// No answer in time.
    #[error(
        "no answer within {seconds} s; a firewall may be between, or the server is overloaded; `connect_timeout=` in the URL or PGCONNECT_TIMEOUT waits longer"
    )]
    Timeout {
        /// The limit.
        seconds: u64,
    },
    /// The connection broke while it was made, or the network did.
    #[error("the connection broke ({said}); see whether the network and the server are up")]
    Lost {
        /// What the system said.
        said: String,
    },
    /// The server asks for a password, and there is none.
    #[error(
        "the server asks for a password and there is none; write the line `{line}` into ~/.pgpass and `chmod 600` it, or set PGPASSWORD"
    )]
    PasswordMissing {
        /// A line of a password file, with a word for the password.
        line: String,
    },
    /// The password, or the role, is another one.
    #[error(
        "the server refuses the password of `{user}` that is from {origin}; correct it there, or the user"
    )]
    PasswordWrong {
        /// Role.
        user: String,
        /// Where the password was found.
        origin: String,
    },
    /// No such role.
    #[error(
        "the server has no role `{user}`; make it with `createuser -h {} -p {port} {}`, or correct the user",
        argument(.host), argument(.user)
    )]
    NoRole {
        /// Role.
        user: String,
        /// Host or folder of the socket.
        host: String,
        /// Port.
        port: u16,
    },
    /// No such database.
    #[error(
        "the server has no database `{database}`; make it with `createdb -h {} -p {port} -O {} {}`, or correct the name",
        argument(.host), argument(.user), argument(.database)
    )]
    NoDatabase {
        /// Database.
        database: String,
        /// Role.
        user: String,
        /// Host or folder of the socket.
        host: String,
        /// Port.
        port: u16,
    },
    /// No line of `pg_hba.conf` allows it.
    #[error("the server lets nobody in this way, {}: {said}; `sslmode` in the URL chooses, and the server's pg_hba.conf allows", encryption(*.is_encrypted))]
    AccessRefused {
        /// Whether the refused connection was by TLS.
        is_encrypted: bool,
        /// What the server said.
        said: String,
    },
    /// The server offers no TLS.
    #[error(
        "the server offers no TLS; set `ssl = on` there, or `sslmode=prefer` where the network is safe"
    )]
    TlsAbsent,
    /// A file for TLS.
    #[error("{what} {path}: {said}; {remedy}")]
    TlsFile {
        /// Such as `root certificate`.
        what: &'static str,
        /// The file.
        path: String,
        /// What is wrong with it.
        said: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The server's certificate.
    #[error(
        "the server's certificate is not trusted: {said}; name the authority that signed it by `sslrootcert=`, or write the host as the certificate has it"
    )]
    Certificate {
        /// What is wrong with it.
        said: String,
    },
    /// The handshake failed otherwise.
    #[error("TLS fails: {said}; a client certificate may be asked for, `sslcert=` and `sslkey=`")]
    Tls {
        /// What the library said.
        said: String,
    },
    /// No connection is free.
    #[error(
        "the server has too many connections ({said}); run fewer processes, or raise max_connections there"
    )]
    TooManyConnections {
        /// What the server said.
        said: String,
    },
    /// It starts, recovers or shuts down.
    #[error("the server is starting or shutting down ({said}); try again when it is up")]
    NotReady {
        /// What the server said.
        said: String,
    },
    /// It is up, but no session as wanted.
    #[error(
        "{said}, and `target_session_attrs` asks for another one; name the other server, too, or wait until a standby has taken over"
    )]
    OtherSession {
        /// What is known of it.
        said: String,
    },
    /// Another error of the server.
    #[error("the server says: {said} (SQLSTATE {code}); its log has more")]
    Server {
        /// SQLSTATE.
        code: String,
        /// What the server said.
        said: String,
    },
    /// Whatever else.
    #[error("{said}; see whether this is a PostgreSQL server")]
    Other {
        /// What the library said.
        said: String,
    },
}

impl Reason {
    /// Whether the same may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::HostNotFound { is_temporary, .. } => *is_temporary,
            Self::Refused { .. }
            | Self::Timeout { .. }
            | Self::Lost { .. }
            | Self::TooManyConnections { .. }
            | Self::NotReady { .. }
            | Self::OtherSession { .. } => true,
            // Connection exceptions.
            Self::Server { code, .. } => code.starts_with("08"),
            Self::PasswordMissing { .. }
            | Self::PasswordWrong { .. }
            | Self::NoRole { .. }
            | Self::NoDatabase { .. }
            | Self::AccessRefused { .. }
            | Self::TlsAbsent
            | Self::TlsFile { .. }
            | Self::Certificate { .. }
            | Self::Tls { .. }
            | Self::Other { .. } => false,
        }
    }
}

fn encryption(is_encrypted: bool) -> &'static str {
    if is_encrypted {
        "by TLS"
    } else {
        "without TLS"
    }
}

/// A word of a command for the shell.
fn argument(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A text of somebody else in a message: one line, without what moves a cursor, and not endless.
pub(crate) fn quoted(text: &str) -> String {
    let line: String = text.chars().take(300).collect();
    printable(&line.replace(['\n', '\r', '\t'], " "))
}
