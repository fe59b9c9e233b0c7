//! A server that may be asked: where it is, and the password for it.

use std::path::{Path, PathBuf};

use crate::password::Password;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A name or an IP address.
    Tcp(String),
    /// The folder of a Unix socket.
    Socket(PathBuf),
}

impl Address {
    /// As libpq tells them apart: the folder of a socket is an absolute path.
    pub(crate) fn new(text: &str) -> Self {
        if text.starts_with('/') {
            Self::Socket(PathBuf::from(text))
        } else {
            Self::Tcp(text.to_owned())
        }
    }

    /// The text that [`Address::new`] takes.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Tcp(name) => name.clone(),
            Self::Socket(folder) => folder.display().to_string(),
        }
    }
}

/// A server and the password for it, which a password file may have for each host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Where it listens.
    pub address: Address,
    /// TCP port, or the number in the socket's name.
    pub port: u16,
    /// Absent where none was found.
    pub password: Option<Password>,
}

/// The socket of a server in a folder.
pub(crate) fn socket(folder: &Path, port: u16) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}
