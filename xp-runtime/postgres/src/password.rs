//! A password, which no message shows.

use std::{fmt, path::PathBuf};

/// Where a password was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The URL.
    Url,
    /// `PGPASSWORD`.
    Variable,
    /// A line of the password file, counted from 1.
    File {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url => f.write_str("the URL"),
            Self::Variable => f.write_str("PGPASSWORD"),
            Self::File { path, line } => write!(f, "line {line} of {}", path.display()),
        }
    }
}

/// A password and where it was found. It has no `Display`, and its `Debug` shows the place alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Password {
    text: String,
    origin: Origin,
}

impl Password {
    /// A password that was found there.
    pub fn new(text: String, origin: Origin) -> Self {
        Self { text, origin }
    }

    /// Where it was found.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The password itself, for the client alone.
    pub(crate) fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Password(from {})", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_where_a_password_is_from_and_not_what_it_is() {
        let path = PathBuf::from("/home/a/.pgpass");
        for (origin, expected) in [
            (Origin::Url, "Password(from the URL)"),
            (Origin::Variable, "Password(from PGPASSWORD)"),
            (
                Origin::File { path, line: 3 },
                "Password(from line 3 of /home/a/.pgpass)",
            ),
        ] {
            let password = Password::new("hidden".to_owned(), origin);
            assert_eq!(format!("{password:?}"), expected);
            assert_eq!(password.reveal(), "hidden");
        }
    }
}
