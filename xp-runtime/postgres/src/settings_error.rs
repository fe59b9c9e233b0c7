//! What is wrong with the settings of a connection. No message quotes a value: it may be a part of a password with a character in it that
//! ends the password for a reader of URLs.

/// A setting that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// Another scheme, or no URL.
    #[error(
        "the URL of a PostgreSQL server begins with `postgresql://` or `postgres://`; this one does not"
    )]
    Scheme,
    /// An `@` that would end the password too late.
    #[error(
        "the URL has an `@` behind the user and the password; write it as `%40` in a password, name or value, and `/` in a password as `%2F`"
    )]
    At,
    /// `%` without its digits, or of no character.
    #[error(
        "the {part} in the URL has a `%` that is not followed by two hexadecimal digits of UTF-8; write a `%` as `%25`"
    )]
    Percent {
        /// Such as `password`.
        part: &'static str,
    },
    /// A zero byte, which ends a text in PostgreSQL's protocol.
    #[error("the {place} has a zero byte in it; remove it")]
    Zero {
        /// Such as `user in the URL`.
        place: String,
    },
    /// An IPv6 address without its brackets, or half of them.
    #[error(
        "host {number} in the URL is not a name or address with at most one port; write an IPv6 address as `[::1]:5432`"
    )]
    Host {
        /// Counted from 1.
        number: usize,
    },
    /// No `=` in a parameter.
    #[error(
        "parameter {number} behind the `?` of the URL has no `=`; write parameters as `name=value`, parted by `&`"
    )]
    Pair {
        /// Counted from 1.
        number: usize,
    },
    /// A parameter of libpq that is not understood here, or of nobody.
    #[error(
        "parameter {number} behind the `?` of the URL{} is not understood{}; understood are {known}",
        word(.name.as_deref()),
        suggestion(.nearest.as_deref())
    )]
    Unknown {
        /// Counted from 1.
        number: usize,
        /// Absent where it is no word.
        name: Option<String>,
        /// What was probably meant.
        nearest: Option<String>,
        /// All names.
        known: String,
    },
    /// A parameter that is there twice.
    #[error("the URL has `{name}` twice; leave one")]
    Twice {
        /// Its name.
        name: &'static str,
    },
    /// A value of the wrong kind.
    #[error("{place} is not {expected}; correct it")]
    Value {
        /// Such as `sslmode in the URL` or `PGSSLMODE`.
        place: String,
        /// Such as `a number from 1 to 65535`.
        expected: String,
    },
    /// Lists that do not match.
    #[error("there are {hosts} hosts and {ports} ports; write one port, or one for each host")]
    Ports {
        /// Hosts.
        hosts: usize,
        /// Ports.
        ports: usize,
    },
    /// Everybody can get a certificate of these authorities for a host of their own.
    #[error(
        "`sslrootcert=system` needs `sslmode=verify-full`: the system's authorities vouch for everybody; write that, or leave `sslmode` out"
    )]
    SystemRoots,
    /// No user, and the account has no name.
    #[error(
        "there is no user: the account of this process has no name; write `user@` into the URL or set PGUSER"
    )]
    User,
}

fn word(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(", `{name}`,"))
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; `{name}` is near"))
}
