//! Which certificates of servers are accepted. The checks themselves are webpki's.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{
        CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use crate::connect_error::{Reason, quoted};

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// Nothing: the connection is encrypted, to whomever.
    Nothing,
    /// That a root certificate vouches for it.
    Chain,
    /// And that it is for the host.
    ChainAndName,
}

/// Accepts a server's certificate or not.
#[derive(Debug)]
pub(crate) struct Verifier {
    check: Check,
    roots: Vec<CertificateDer<'static>>,
    /// Absent where nothing is checked.
    chains: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(crate) fn new(
        check: Check,
        roots: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Reason> {
        let chains = match check {
            Check::Nothing => None,
            Check::Chain | Check::ChainAndName => Some(chains(&roots, provider)?),
        };
        Ok(Self {
            check,
            roots,
            chains,
            algorithms: provider.signature_verification_algorithms,
        })
    }
}

fn chains(
    roots: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Reason> {
    let mut store = RootCertStore::empty();
    // The system's may have some that webpki does not understand.
    store.add_parsable_certificates(roots.iter().cloned());
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider)).build();
    verifier.map_err(|error| Reason::Certificate {
        said: quoted(&format!("no root certificate can be used ({error})")),
    })
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chains) = &self.chains else {
            return Ok(ServerCertVerified::assertion());
        };
        let verified =
            chains.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            Err(Error::InvalidCertificate(error)) => {
                let accepted = match error {
                    CertificateError::NotValidForName
                    | CertificateError::NotValidForNameContext { .. } => self.check == Check::Chain,
                    // A self-signed certificate that is the root certificate itself, as PostgreSQL's manual makes it.
                    _ if self.is_root(end_entity, &error) => {
                        if self.check == Check::ChainAndName {
                            verify_server_name(
                                &ParsedCertificate::try_from(end_entity)?,
                                server_name,
                            )?;
                        }
                        true
                    }
                    _ => false,
                };
                if accepted {
                    Ok(ServerCertVerified::assertion())
                } else {
                    Err(Error::InvalidCertificate(error))
                }
            }
            decided => decided,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.check {
            Check::Nothing => Ok(HandshakeSignatureValid::assertion()),
            Check::Chain | Check::ChainAndName => {
                verify_tls12_signature(message, certificate, signed, &self.algorithms)
            }
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.check {
            // Not even by the key of an old certificate (X.509 version 1), which webpki does not read.
            Check::Nothing => Ok(HandshakeSignatureValid::assertion()),
            Check::Chain | Check::ChainAndName => {
                verify_tls13_signature(message, certificate, signed, &self.algorithms)
            }
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl Verifier {
    /// Whether a certificate was refused only because it is an authority's, and is itself one of the root certificates.
    fn is_root(&self, certificate: &CertificateDer<'_>, error: &CertificateError) -> bool {
        let is_authority = matches!(
            error,
            CertificateError::Other(other) if other.0.to_string().contains("CaUsedAsEndEntity")
        );
        is_authority && self.roots.iter().any(|root| root == certificate)
    }
}
