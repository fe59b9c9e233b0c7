//! The certificates of authorities that are trusted.

use std::path::Path;

use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use crate::{
    connect_error::{Reason, quoted},
    ssl_mode::{Roots, Tls},
};

/// Root certificates; none where none is asked for and there is no file.
pub(crate) fn read(tls: &Tls) -> Result<Vec<CertificateDer<'static>>, Reason> {
    match &tls.roots {
        Roots::System => system(),
        Roots::Named(path) => file(path),
        Roots::Default(path) if path.exists() => file(path),
        Roots::Default(path) if tls.mode.verifies() => {
            Err(refused(path, "it does not exist".to_owned()))
        }
        Roots::Nobody if tls.mode.verifies() => Err(refused(
            Path::new("~/.postgresql/root.crt"),
            "there is no home folder".to_owned(),
        )),
        Roots::Default(_) | Roots::Nobody => Ok(Vec::new()),
    }
}

fn file(path: &Path) -> Result<Vec<CertificateDer<'static>>, Reason> {
    let said = |error: rustls::pki_types::pem::Error| refused(path, quoted(&error.to_string()));
    let found = CertificateDer::pem_file_iter(path).map_err(said)?;
    let found: Vec<_> = found.collect::<Result<_, _>>().map_err(said)?;
    if found.is_empty() {
        return Err(refused(path, "it has no certificate in PEM".to_owned()));
    }
    Ok(found)
}

fn system() -> Result<Vec<CertificateDer<'static>>, Reason> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let errors = found.errors.first().map(ToString::to_string);
        let said = errors.unwrap_or_else(|| "there are none".to_owned());
        return Err(refused(Path::new("of the system"), quoted(&said)));
    }
    Ok(found.certs)
}

fn refused(path: &Path, said: String) -> Reason {
    Reason::TlsFile {
        what: "root certificate",
        path: quoted(&path.display().to_string()),
        said,
        remedy: "name the certificate of the authority that signed the server's by `sslrootcert=`, or `system`",
    }
}
