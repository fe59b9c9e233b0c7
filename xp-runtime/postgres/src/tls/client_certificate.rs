//! The client's own certificate and its private key.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

use crate::{
    connect_error::{Reason, quoted},
    ssl_mode::Tls,
};

type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Certificate and key; absent where none is named and there is no file.
pub(crate) fn read(tls: &Tls) -> Result<Option<Pair>, Reason> {
    let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) else {
        return Ok(None);
    };
    if !tls.is_certificate_named && !certificate.exists() {
        return Ok(None);
    }
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain: Vec<_> = chain.map_err(|error| {
        let remedy = "correct `sslcert=` or the file";
        refused(
            "client certificate",
            certificate,
            &error.to_string(),
            remedy,
        )
    })?;
    Ok(Some((chain, private_key(key)?)))
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Reason> {
    let refused = |said: &str, remedy: &'static str| refused("private key", path, said, remedy);
    let remedy =
        "name the key of the client certificate, in PEM and without a passphrase, by `sslkey=`";
    let metadata = fs::metadata(path).map_err(|error| refused(&error.to_string(), remedy))?;
    // As libpq: root's may be read by its group.
    let others = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if metadata.permissions().mode() & others != 0 {
        return Err(refused("others may use it", "`chmod 600` it"));
    }
    PrivateKeyDer::from_pem_file(path).map_err(|error| refused(&error.to_string(), remedy))
}

fn refused(what: &'static str, path: &Path, said: &str, remedy: &'static str) -> Reason {
    Reason::TlsFile {
        what,
        path: quoted(&path.display().to_string()),
        said: quoted(said),
        remedy,
    }
}
