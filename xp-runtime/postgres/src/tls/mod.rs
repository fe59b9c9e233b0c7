//! TLS as `sslmode` means it, by rustls.

mod client_certificate;
mod roots;
mod verifier;

use std::sync::Arc;

use rustls::{ClientConfig, crypto::ring};

use self::verifier::{Check, Verifier};
use crate::{
    connect_error::{Reason, quoted},
    ssl_mode::{SslMode, Tls},
};

/// What the client's side of TLS is configured to.
pub(crate) fn config(tls: &Tls) -> Result<ClientConfig, Reason> {
    let failed = |error: rustls::Error| Reason::Tls {
        said: quoted(&error.to_string()),
    };
    let provider = Arc::new(ring::default_provider());
    let roots = roots::read(tls)?;
    let check = match (tls.mode, roots.is_empty()) {
        (SslMode::VerifyFull, _) => Check::ChainAndName,
        (_, true) => Check::Nothing,
        // As libpq: a root certificate that is there is used, whatever the mode.
        (_, false) => Check::Chain,
    };
    let verifier = Verifier::new(check, roots, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    match client_certificate::read(tls)? {
        Some((chain, key)) => config.with_client_auth_cert(chain, key).map_err(failed),
        None => Ok(config.with_no_client_auth()),
    }
}
