//! How much of TLS is asked for: `sslmode` and its files. It reads none of them.

use std::path::PathBuf;

/// `sslmode`, as libpq understands it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Never TLS.
    Disable,
    /// TLS where the server refuses to do without.
    Allow,
    /// TLS where the server offers it.
    Prefer,
    /// Always TLS. The server's certificate is checked only where there is a root certificate.
    Require,
    /// And a certificate that a root certificate vouches for.
    VerifyCa,
    /// And one for this host.
    VerifyFull,
}

impl SslMode {
    /// Each with its name.
    pub(crate) const NAMES: [(&'static str, Self); 6] = [
        ("disable", Self::Disable),
        ("allow", Self::Allow),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];

    /// Whether it asks for a certificate that is vouched for.
    pub(crate) fn verifies(self) -> bool {
        matches!(self, Self::VerifyCa | Self::VerifyFull)
    }
}

/// Whom to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// The system's certificate authorities: `sslrootcert=system`.
    System,
    /// A file that was named.
    Named(PathBuf),
    /// `~/.postgresql/root.crt`, which may be absent.
    Default(PathBuf),
    /// Nobody: there is no home folder.
    Nobody,
}

/// All about TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// How much of it.
    pub mode: SslMode,
    /// Whom to trust.
    pub roots: Roots,
    /// The client's own certificate. The default, `~/.postgresql/postgresql.crt`, may be absent.
    pub certificate: Option<PathBuf>,
    /// Its private key.
    pub key: Option<PathBuf>,
    /// Whether the certificate was named: then it must exist.
    pub is_certificate_named: bool,
}
