//! Certificates of a test's server, made by `openssl`: an authority, the server's own for `localhost`, a client's, and an authority that
//! signed neither.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Files in PEM.
#[derive(Debug, Clone)]
pub struct Certificates {
    /// The authority that signed the server's and the client's certificates.
    pub authority: PathBuf,
    /// An authority that signed nothing of this server.
    pub stranger: PathBuf,
    /// The server's certificate, for the name `localhost` and no address.
    pub server: PathBuf,
    /// Its private key.
    pub server_key: PathBuf,
    /// Certificate of the role `postgres`.
    pub client: PathBuf,
    /// Its private key, which its owner alone may read.
    pub client_key: PathBuf,
}

impl Certificates {
    /// Makes them in a folder.
    ///
    /// # Panics
    /// Where `openssl` is absent or fails.
    pub fn make(folder: &Path) -> Self {
        let (stranger, _) = authority(folder, "stranger");
        let (authority, authority_key) = authority(folder, "authority");
        let signed = |name: &str, subject: &str, extensions: &str| {
            signed(
                folder,
                name,
                subject,
                extensions,
                &authority,
                &authority_key,
            )
        };
        let (server, server_key) =
            signed("server", "/CN=localhost", "subjectAltName=DNS:localhost");
        let (client, client_key) = signed("client", "/CN=postgres", "extendedKeyUsage=clientAuth");
        Self {
            authority,
            stranger,
            server,
            server_key,
            client,
            client_key,
        }
    }
}

fn authority(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (certificate, key) = paths(folder, name);
    let subject = format!("/CN={name}");
    let mut command = request(&subject, &key);
    let extension = "keyUsage=critical,keyCertSign,cRLSign";
    command.args(["-x509", "-days", "3650", "-addext", extension, "-out"]);
    run(command.arg(&certificate));
    (certificate, key)
}

/// Signs by an authority: its certificate and its key.
fn signed(
    folder: &Path,
    name: &str,
    subject: &str,
    extensions: &str,
    authority: &Path,
    authority_key: &Path,
) -> (PathBuf, PathBuf) {
    let (certificate, key) = paths(folder, name);
    let (wish, list) = (folder.join("request.pem"), folder.join("extensions.txt"));
    run(request(subject, &key).arg("-out").arg(&wish));
    // Version 3 of X.509, which clients ask for, comes with extensions.
    fs::write(&list, format!("basicConstraints=CA:FALSE\n{extensions}\n")).unwrap();
    let mut sign = Command::new("openssl");
    sign.args([
        "x509",
        "-req",
        "-sha256",
        "-days",
        "3650",
        "-CAcreateserial",
    ]);
    for (flag, path) in [
        ("-in", wish.as_path()),
        ("-CA", authority),
        ("-CAkey", authority_key),
        ("-extfile", &list),
        ("-out", &certificate),
    ] {
        sign.arg(flag).arg(path);
    }
    run(&mut sign);
    (certificate, key)
}

/// A new key and a request to sign it; elliptic, since they are made for each test.
fn request(subject: &str, key: &Path) -> Command {
    let mut command = Command::new("openssl");
    command
        .args(["req", "-new", "-nodes", "-newkey", "ec"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", subject])
        .arg("-keyout")
        .arg(key);
    command
}

fn paths(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let path = |extension: &str| folder.join(name).with_extension(extension);
    (path("crt"), path("key"))
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}
