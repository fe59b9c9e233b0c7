//! What of a connection's settings may be shown and kept: a URL with its user, servers and database, without a password.

use std::fmt::{self, Write as _};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{host::Host, settings::Settings};

/// All but what stands for itself in any part of a URL; so are control characters encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "postgresql://{}@", encoded(&self.user))?;
        for (index, host) in self.hosts.iter().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            write!(f, "{host}")?;
        }
        write!(f, "/{}", encoded(&self.database))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, port) = (self.address.text(), self.port);
        if host.contains(':') && host.chars().all(|c| c.is_ascii_hexdigit() || c == ':') {
            write!(f, "[{host}]:{port}")
        } else {
            write!(f, "{}:{port}", encoded(&host))
        }
    }
}

fn encoded(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, ENCODED)
}
