//! The parameters of a connection by name, each from the URL or from its variable. What they mean is decided in `settings.rs`.

use std::{collections::BTreeMap, str::FromStr};

use xp_spec::nearest::nearest;

use crate::{environment::Environment, settings_error::SettingsError};

/// Longest unknown name that a message shows, if it is a word at all: in a URL without its `@` it could be the end of a password.
const SHOWN: usize = 40;

/// Each parameter with the variable that it is taken from where the URL has none: libpq's names.
const KNOWN: [(&str, Option<&str>); 20] = [
    ("host", Some("PGHOST")),
    ("port", Some("PGPORT")),
    ("dbname", Some("PGDATABASE")),
    ("user", Some("PGUSER")),
    ("password", Some("PGPASSWORD")),
    ("passfile", Some("PGPASSFILE")),
    ("sslmode", Some("PGSSLMODE")),
    ("sslrootcert", Some("PGSSLROOTCERT")),
    ("sslcert", Some("PGSSLCERT")),
    ("sslkey", Some("PGSSLKEY")),
    ("channel_binding", Some("PGCHANNELBINDING")),
    ("connect_timeout", Some("PGCONNECT_TIMEOUT")),
    ("application_name", Some("PGAPPNAME")),
    ("options", Some("PGOPTIONS")),
    ("target_session_attrs", Some("PGTARGETSESSIONATTRS")),
    ("keepalives", None),
    ("keepalives_idle", None),
    ("keepalives_interval", None),
    ("keepalives_count", None),
    ("tcp_user_timeout", None),
];

/// A parameter's value and where it is from.
pub(crate) struct Value {
    pub(crate) text: String,
    /// For messages, such as `port in the URL` or `PGPORT`.
    pub(crate) place: String,
    pub(crate) is_in_url: bool,
}

impl Value {
    /// The error of a value that is not as it must be.
    pub(crate) fn refused(&self, expected: impl Into<String>) -> SettingsError {
        SettingsError::Value {
            place: self.place.clone(),
            expected: expected.into(),
        }
    }

    /// A number.
    pub(crate) fn number<T: FromStr>(&self, expected: &str) -> Result<T, SettingsError> {
        let number = self.text.trim().parse();
        number.map_err(|_| self.refused(expected))
    }

    /// One of a list of names.
    pub(crate) fn one_of<T: Copy>(&self, names: &[(&'static str, T)]) -> Result<T, SettingsError> {
        let found = names.iter().find(|(name, _)| *name == self.text);
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            self.refused(format!("one of {}", names.join(", ")))
        })
    }
}

/// What a URL has. No `Debug`: it has the password.
#[derive(Default)]
pub(crate) struct Parameters(BTreeMap<&'static str, String>);

impl Parameters {
    /// Takes a parameter of the URL; an empty one counts as absent. `number` is its place behind the `?`.
    pub(crate) fn take_named(
        &mut self,
        name: &str,
        text: String,
        number: usize,
    ) -> Result<(), SettingsError> {
        let Some((name, _)) = KNOWN.iter().find(|(known, _)| *known == name) else {
            let names = || KNOWN.iter().map(|(known, _)| *known);
            let is_word = name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            return Err(SettingsError::Unknown {
                number,
                name: (is_word && name.len() <= SHOWN).then(|| name.to_owned()),
                nearest: nearest(name, names()).map(str::to_owned),
                known: names().collect::<Vec<_>>().join(", "),
            });
        };
        self.take(name, text)
    }

    /// Takes a part of the URL that has this name as a parameter.
    pub(crate) fn take(&mut self, name: &'static str, text: String) -> Result<(), SettingsError> {
        if text.is_empty() {
            return Ok(());
        }
        match self.0.insert(name, text) {
            Some(_) => Err(SettingsError::Twice { name }),
            None => Ok(()),
        }
    }

    /// Whether the URL has a parameter.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A parameter of the URL, or else of its variable; absent where neither has it.
    pub(crate) fn get(
        &self,
        name: &str,
        environment: &Environment<'_>,
    ) -> Result<Option<Value>, SettingsError> {
        let in_url = self.0.get(name).map(|text| Value {
            text: text.clone(),
            place: format!("{name} in the URL"),
            is_in_url: true,
        });
        let found = in_url.or_else(|| {
            let (_, variable) = KNOWN.iter().find(|(known, _)| *known == name)?;
            let variable = (*variable)?;
            Some(Value {
                text: environment.set(variable)?,
                place: variable.to_owned(),
                is_in_url: false,
            })
        });
        match found {
            Some(Value { text, place, .. }) if text.contains('\0') => {
                Err(SettingsError::Zero { place })
            }
            found => Ok(found),
        }
    }
}
