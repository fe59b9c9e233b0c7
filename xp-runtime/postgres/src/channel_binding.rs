//! Whether a login is tied to the TLS connection: `channel_binding`, which URLs of hosted servers ask for.

/// The binding of SCRAM to the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// Where the server offers it.
    Prefer,
    /// Always: a server that does not offer it is refused.
    Require,
}

impl ChannelBinding {
    /// Each with its name.
    pub(crate) const NAMES: [(&'static str, Self); 3] = [
        ("disable", Self::Disable),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
    ];
}
