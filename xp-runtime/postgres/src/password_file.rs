//! `~/.pgpass`: lines `host:port:database:user:password`, the first that fits. Its warnings are returned, and hold no password.

use std::{
    fmt, fs,
    io::{self, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use xp_spec::printable::printable;

use crate::{
    host::Address,
    password::{Origin, Password},
};

/// Bytes of the largest file that is read.
const MOST: u64 = 1 << 20;

/// Why a password file, or a line of it, is ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    path: PathBuf,
    what: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display().to_string();
        write!(f, "password file {} {}", printable(&path), self.what)
    }
}

/// A line of the file. No `Debug`: it has a password.
pub(crate) struct Entry {
    line: usize,
    host: Field,
    port: Field,
    database: Field,
    user: Field,
    password: String,
}

/// What a field fits; absent is `*`, everything.
struct Field(Option<String>);

impl Field {
    fn fits(&self, text: &str) -> bool {
        self.0.as_deref().is_none_or(|wanted| wanted == text)
    }
}

impl Entry {
    /// Whether it is for this connection. A socket is `localhost`, or its folder.
    pub(crate) fn is_for(&self, address: &Address, port: u16, database: &str, user: &str) -> bool {
        let is_socket = matches!(address, Address::Socket(_));
        let host_fits = self.host.fits(&address.text()) || is_socket && self.host.fits("localhost");
        host_fits
            && self.port.fits(&port.to_string())
            && self.database.fits(database)
            && self.user.fits(user)
    }

    /// Its password.
    pub(crate) fn password(&self, path: &Path) -> Password {
        let (path, line) = (path.to_owned(), self.line);
        Password::new(self.password.clone(), Origin::File { path, line })
    }
}

/// The lines of a file, and why it or a line is ignored. A file that is absent is none, unless it was named.
pub(crate) fn read(path: &Path, is_named: bool) -> (Vec<Entry>, Vec<Warning>) {
    let warning = |what: String| {
        let path = path.to_owned();
        vec![Warning { path, what }]
    };
    match bytes(path) {
        Ok(bytes) => {
            let (entries, bad) = parse(&bytes);
            let warn = |line| format!("is ignored in line {line}: it is no UTF-8 text");
            (
                entries,
                bad.into_iter()
                    .flat_map(|line| warning(warn(line)))
                    .collect(),
            )
        }
        Err(Ignored::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound && !is_named => {
            (Vec::new(), Vec::new())
        }
        Err(reason) => (Vec::new(), warning(format!("is ignored: {reason}"))),
    }
}

/// Why a file is ignored.
#[derive(Debug, thiserror::Error)]
enum Ignored {
    #[error("{0}; correct PGPASSFILE or the file")]
    Unreadable(#[from] io::Error),
    #[error("it is no regular file; name one by PGPASSFILE")]
    NoFile,
    #[error("others may read it; `chmod 600` it")]
    Open,
    #[error("it is larger than {MOST} bytes; leave only lines of servers in it")]
    Large,
}

fn bytes(path: &Path) -> Result<Vec<u8>, Ignored> {
    // Before it is opened: opening a pipe waits for its writer.
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(Ignored::NoFile);
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(Ignored::Open);
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(MOST + 1)
        .read_to_end(&mut bytes)?;
    let is_large = u64::try_from(bytes.len()).is_ok_and(|length| length > MOST);
    if is_large {
        return Err(Ignored::Large);
    }
    Ok(bytes)
}

/// Entries, and the lines that are no text.
fn parse(bytes: &[u8]) -> (Vec<Entry>, Vec<usize>) {
    let (mut entries, mut bad) = (Vec::new(), Vec::new());
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        match str::from_utf8(line) {
            Ok(line) => entries.extend(entry(line, number)),
            Err(_) => bad.push(number),
        }
    }
    (entries, bad)
}

/// Absent where it is a comment, blank, or has too few fields, as libpq ignores it.
fn entry(line: &str, number: usize) -> Option<Entry> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.starts_with('#') {
        return None;
    }
    let (host, rest) = field(line)?;
    let (port, rest) = field(rest)?;
    let (database, rest) = field(rest)?;
    let (user, rest) = field(rest)?;
    let password = unescaped(rest);
    // An empty password is none.
    (!password.is_empty() && !password.contains('\0')).then_some(Entry {
        line: number,
        host,
        port,
        database,
        user,
        password,
    })
}

/// A field and what follows its `:`; absent where there is no more `:`.
fn field(text: &str) -> Option<(Field, &str)> {
    let mut is_escaped = false;
    let end = text.find(|c| {
        let ends = c == ':' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })?;
    let (field, rest) = text.split_at_checked(end)?;
    let rest = rest.strip_prefix(':')?;
    let wanted = (field != "*").then(|| unescaped(field));
    Some((Field(wanted), rest))
}

/// Without the backslashes that stand before a character.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        plain.push(if c == '\\' {
            characters.next().unwrap_or(c)
        } else {
            c
        });
    }
    plain
}

/// The line of a password file for a connection, with a word for the password.
pub(crate) fn line(address: &Address, port: u16, database: &str, user: &str) -> String {
    let host = match address {
        Address::Tcp(name) => name.as_str(),
        Address::Socket(_) => "localhost",
    };
    let [host, database, user] =
        [host, database, user].map(|text| text.replace('\\', r"\\").replace(':', r"\:"));
    format!("{host}:{port}:{database}:{user}:PASSWORD")
}
