//! Each `sslmode` against servers with TLS and without.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use postgres::Client;
use xp_clock::Clock;
use xp_postgres::{ConnectError, Environment, Reason, Settings, connect};
use xp_test_support::{Server, ServerOptions, wait_until};

const PASSWORD: &str = "QZ7hidden";
const MODES: [&str; 6] = [
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];

fn server(tls: bool) -> Option<Server> {
    Server::begin(&ServerOptions {
        password: Some(PASSWORD),
        tls,
        settings: &[],
    })
}

/// Connects with these parameters; `host` is a name of 127.0.0.1.
fn to(
    server: &Server,
    host: &str,
    parameters: &[(&str, &str)],
    home: Option<&Path>,
) -> Result<Client, ConnectError> {
    let mut url = format!("postgresql://postgres@{host}:{}/postgres?", server.port());
    for (name, value) in parameters {
        url += &format!("{name}={}&", value.replace('/', "%2F"));
    }
    let environment = Environment {
        variable: &|name| match name {
            "PGPASSWORD" => Some(PASSWORD.to_owned()),
            // However busy the machine is.
            "PGCONNECT_TIMEOUT" => Some("0".to_owned()),
            _ => None,
        },
        exists: &|_| false,
        account: None,
        home: home.map(PathBuf::from),
    };
    let settings = Settings::from_url(&url, &environment).unwrap();
    let result = connect(&settings, &Clock::system());
    if let Err(error) = &result {
        let text = format!("{error} {error:?} {settings:?}");
        assert!(!text.contains("QZ7"), "{text}");
    }
    result
}

/// The version of TLS that the session has; absent where it has none.
fn version(client: &mut Client) -> Option<String> {
    let query = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    client.query_one(query, &[]).unwrap().get(0)
}

/// Whether it is encrypted, or a word for why there is no connection.
fn outcome(result: Result<Client, ConnectError>) -> &'static str {
    match result {
        Ok(mut client) => match version(&mut client) {
            Some(version) => {
                assert_eq!(version, "TLSv1.3");
                "encrypted"
            }
            None => "plain",
        },
        Err(error) => {
            assert!(!error.is_transient(), "{error}");
            match error.reason {
                Reason::TlsAbsent => "absent",
                Reason::Certificate { .. } => "certificate",
                Reason::TlsFile { .. } => "file",
                Reason::AccessRefused { is_encrypted, .. } => {
                    if is_encrypted {
                        "refused encrypted"
                    } else {
                        "refused plain"
                    }
                }
                _ => panic!("{error}"),
            }
        }
    }
}

#[test]
fn each_mode_means_what_it_means_for_libpq() {
    let (Some(encrypted), Some(plain)) = (server(true), server(false)) else {
        return;
    };
    let certificates = encrypted.certificates().unwrap();
    let [authority, stranger] =
        [&certificates.authority, &certificates.stranger].map(|path| path.display().to_string());
    let absent = "/nowhere/root.crt".to_owned();
    let none = String::new();
    for (server, host, root, expected) in [
        (
            &plain,
            "localhost",
            &none,
            ["plain", "plain", "plain", "absent", "file", "file"],
        ),
        (
            &plain,
            "localhost",
            &authority,
            ["plain", "plain", "plain", "absent", "absent", "absent"],
        ),
        (
            &encrypted,
            "localhost",
            &none,
            ["plain", "plain", "encrypted", "encrypted", "file", "file"],
        ),
        (
            &encrypted,
            "localhost",
            &authority,
            [
                "plain",
                "plain",
                "encrypted",
                "encrypted",
                "encrypted",
                "encrypted",
            ],
        ),
        // The certificate has no address.
        (
            &encrypted,
            "127.0.0.1",
            &authority,
            [
                "plain",
                "plain",
                "encrypted",
                "encrypted",
                "encrypted",
                "certificate",
            ],
        ),
        (
            &encrypted,
            "localhost",
            &stranger,
            [
                "plain",
                "plain",
                "certificate",
                "certificate",
                "certificate",
                "certificate",
            ],
        ),
        (
            &encrypted,
            "localhost",
            &absent,
            ["plain", "plain", "file", "file", "file", "file"],
        ),
    ] {
        let found = MODES.map(|mode| {
            outcome(to(
                server,
                host,
                &[("sslmode", mode), ("sslrootcert", root)],
                None,
            ))
        });
        assert_eq!(found, expected, "{host} with root certificate {root:?}");
    }
}

#[test]
fn a_server_chooses_where_a_mode_leaves_it_to_it() {
    let Some(server) = server(true) else {
        return;
    };
    for (access, refused, expected) in [
        (
            "hostssl all all all scram-sha-256\n",
            "disable",
            ["refused plain", "encrypted", "encrypted", "encrypted"],
        ),
        (
            "hostnossl all all all scram-sha-256\n",
            "require",
            ["plain", "plain", "plain", "refused encrypted"],
        ),
        (
            "hostssl all all all reject\nhostnossl all all all reject\n",
            "prefer",
            [
                "refused plain",
                "refused plain",
                "refused encrypted",
                "refused encrypted",
            ],
        ),
    ] {
        server.set_access(access);
        wait_until(
            "the new rules",
            || false,
            || to(&server, "localhost", &[("sslmode", refused)], None).is_err(),
        );
        let modes = ["disable", "allow", "prefer", "require"];
        let found = modes.map(|mode| outcome(to(&server, "localhost", &[("sslmode", mode)], None)));
        assert_eq!(found, expected, "{access}");
    }
}

#[test]
fn the_home_folder_has_root_and_client_certificates() {
    let Some(server) = server(true) else {
        return;
    };
    let certificates = server.certificates().unwrap();
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".postgresql");
    fs::create_dir(&folder).unwrap();
    let copy = |from: &Path, name: &str, mode: u32| {
        let path = folder.join(name);
        fs::copy(from, &path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let connected = |mode: &str| {
        to(
            &server,
            "localhost",
            &[("sslmode", mode)],
            Some(home.path()),
        )
    };
    assert_eq!(outcome(connected("verify-full")), "file");
    copy(&certificates.authority, "root.crt", 0o644);
    assert_eq!(outcome(connected("verify-full")), "encrypted");
    // A root certificate that is there is used by `require`, too.
    copy(&certificates.stranger, "root.crt", 0o644);
    assert_eq!(outcome(connected("require")), "certificate");
    copy(&certificates.authority, "root.crt", 0o644);

    server.set_access("hostssl all all all cert\n");
    wait_until("the new rules", || false, || connected("require").is_err());
    copy(&certificates.client, "postgresql.crt", 0o644);
    assert_eq!(outcome(connected("require")), "file");
    copy(&certificates.client_key, "postgresql.key", 0o644);
    let error = connected("require").err().unwrap();
    assert!(error.to_string().contains("`chmod 600` it"), "{error}");
    copy(&certificates.client_key, "postgresql.key", 0o600);
    assert_eq!(outcome(connected("require")), "encrypted");
    // The key of another certificate.
    copy(&certificates.server_key, "postgresql.key", 0o600);
    let error = connected("require").err().unwrap();
    assert!(matches!(error.reason, Reason::Tls { .. }), "{error}");
}

#[test]
fn client_certificates_can_be_named() {
    let Some(server) = server(true) else {
        return;
    };
    let certificates = server.certificates().unwrap();
    let path = |path: &Path| path.display().to_string();
    let (certificate, key) = (path(&certificates.client), path(&certificates.client_key));
    server.set_access("hostssl all all all cert\n");
    let named = [
        ("sslmode", "require"),
        ("sslcert", certificate.as_str()),
        ("sslkey", key.as_str()),
    ];
    wait_until(
        "the new rules",
        || false,
        || to(&server, "localhost", &named[..1], None).is_err(),
    );
    assert_eq!(outcome(to(&server, "localhost", &named, None)), "encrypted");
    let absent = [("sslcert", "/nowhere/client.crt"), ("sslkey", key.as_str())];
    assert_eq!(outcome(to(&server, "localhost", &absent, None)), "file");
    let garbage = [
        ("sslcert", certificate.as_str()),
        ("sslkey", certificate.as_str()),
    ];
    assert_eq!(outcome(to(&server, "localhost", &garbage, None)), "file");
    let garbage = [("sslrootcert", key.as_str())];
    assert_eq!(outcome(to(&server, "localhost", &garbage, None)), "file");
}

/// Runs `openssl` in a folder.
fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new("openssl");
    let output = command
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {errors}");
}

/// Gives a server another certificate and key, and waits until it has them.
fn replace(server: &Server, folder: &Path, name: &str) {
    let certificates = server.certificates().unwrap();
    let path = |extension: &str| folder.join(name).with_extension(extension);
    // Written into the old files, which their owner keeps.
    fs::write(&certificates.server, fs::read(path("crt")).unwrap()).unwrap();
    fs::write(&certificates.server_key, fs::read(path("key")).unwrap()).unwrap();
    server.set_access("host all all all scram-sha-256\n");
    let root = certificates.authority.display().to_string();
    let parameters = [("sslmode", "verify-ca"), ("sslrootcert", root.as_str())];
    wait_until(
        "the new certificate",
        || false,
        || to(server, "localhost", &parameters, None).is_err(),
    );
}

/// PostgreSQL's manual makes such, and OpenSSL makes them an authority's.
#[test]
fn a_certificate_that_signs_itself_is_its_own_root() {
    let Some(server) = server(true) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    openssl(
        folder.path(),
        "req -new -x509 -days 9 -nodes -newkey rsa:2048 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
         -out self.crt -keyout self.key",
    );
    replace(&server, folder.path(), "self");
    let own = folder.path().join("self.crt").display().to_string();
    for (host, mode, expected) in [
        ("localhost", "verify-ca", "encrypted"),
        ("localhost", "verify-full", "encrypted"),
        ("127.0.0.1", "verify-ca", "encrypted"),
        ("127.0.0.1", "verify-full", "certificate"),
    ] {
        let found = outcome(to(
            &server,
            host,
            &[("sslmode", mode), ("sslrootcert", &own)],
            None,
        ));
        assert_eq!(found, expected, "{host} {mode}");
    }
}

/// Without extensions, which have names and uses: as they were made for years.
#[test]
fn an_old_certificate_encrypts_and_proves_nothing() {
    let Some(server) = server(true) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        "req -new -nodes -newkey rsa:2048 -subj /CN=localhost -out old.req -keyout old.key",
        "x509 -req -days 9 -in old.req -signkey old.key -out old.crt",
    ] {
        openssl(folder.path(), arguments);
    }
    replace(&server, folder.path(), "old");
    let own = folder.path().join("old.crt").display().to_string();
    for (mode, root, expected) in [
        ("prefer", "", "encrypted"),
        ("require", "", "encrypted"),
        ("require", own.as_str(), "certificate"),
        ("verify-full", own.as_str(), "certificate"),
    ] {
        let parameters = [("sslmode", mode), ("sslrootcert", root)];
        let found = outcome(to(&server, "localhost", &parameters, None));
        assert_eq!(found, expected, "{mode} {root}");
    }
}

#[test]
fn the_systems_authorities_do_not_vouch_for_a_test() {
    let Some(server) = server(true) else {
        return;
    };
    let found = outcome(to(&server, "localhost", &[("sslrootcert", "system")], None));
    // A machine without any is one more reason.
    assert!(["certificate", "file"].contains(&found), "{found}");
}

#[test]
fn logins_are_bound_to_their_connection() {
    let Some(server) = server(true) else {
        return;
    };
    let bound = [("sslmode", "require"), ("channel_binding", "require")];
    assert_eq!(outcome(to(&server, "localhost", &bound, None)), "encrypted");
    let unbound = [("sslmode", "disable"), ("channel_binding", "require")];
    let error = to(&server, "localhost", &unbound, None).err().unwrap();
    assert!(error.to_string().contains("channel binding"), "{error}");
}
