//! Connections to a real server without TLS: passwords, what is absent, and a server that goes away.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    error::Error as _,
    fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
};

use postgres::Client;
use xp_clock::Clock;
use xp_postgres::{
    ConnectError, Environment, Reason, Settings, connect, is_retryable, is_transient,
};
use xp_test_support::{Server, ServerOptions, wait_until};

const PASSWORD: &str = "QZ7 p:a\\s@s/w%ö'";

fn server(password: Option<&str>, settings: &[&str]) -> Option<Server> {
    Server::begin(&ServerOptions {
        password,
        tls: false,
        settings,
    })
}

/// Connects in an environment with these variables and no home.
fn connected(url: &str, variables: &[(&str, &str)]) -> Result<Client, ConnectError> {
    let environment = Environment {
        variable: &|name| {
            // However busy the machine is.
            let without_limit = [("PGCONNECT_TIMEOUT", "0")];
            let mut variables = variables.iter().chain(&without_limit);
            let found = variables.find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        },
        exists: &|path| path.exists(),
        account: None,
        home: None,
    };
    let mut settings = Settings::from_url(url, &environment).unwrap();
    let warnings = settings.read_password_file();
    assert!(warnings.is_empty(), "{warnings:?}");
    connect(&settings, &Clock::system())
}

/// Why there is no connection; nothing of it shows the password.
fn refused(url: &str, variables: &[(&str, &str)]) -> ConnectError {
    let error = connected(url, variables).err().unwrap();
    let text = format!("{error} {error:?} {:?}", error.source());
    assert!(!text.contains("QZ7"), "{text}");
    error
}

fn answers(client: &mut Client) {
    let row = client.query_one("SELECT 1 + 1", &[]).unwrap();
    assert_eq!(row.get::<_, i32>(0), 2);
}

#[test]
fn a_password_is_taken_from_the_file_the_environment_or_the_url() {
    let Some(server) = server(Some(PASSWORD), &[]) else {
        return;
    };
    let (url, port) = (server.url(), server.port());
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.display().to_string()
    };
    let escaped = PASSWORD.replace('\\', r"\\").replace(':', r"\:");
    let right = format!("127.0.0.1:{port}:postgres:postgres:{escaped}\nlocalhost:*:*:*:{escaped}");
    let (right, wrong) = (file("right", &right), file("wrong", "# a\n*:*:*:*:QZ7\n"));
    let socket = format!(
        "postgresql://postgres@/postgres?host={}&port={port}",
        server.socket_folder().display()
    );
    for url in [&url, &socket] {
        answers(&mut connected(url, &[("PGPASSFILE", &right)]).unwrap());
        answers(&mut connected(url, &[("PGPASSWORD", PASSWORD)]).unwrap());
    }
    let encoded = "QZ7%20p%3Aa%5Cs%40s%2Fw%25%C3%B6'";
    let with_password = url.replace("postgres@", &format!("postgres:{encoded}@"));
    let mut client = connected(&with_password, &[("PGPASSFILE", &wrong)]).unwrap();
    answers(&mut client);

    let reason = |variables: &[(&str, &str)]| refused(&url, variables).reason;
    let line = format!("127.0.0.1:{port}:postgres:postgres:PASSWORD");
    assert_eq!(reason(&[]), Reason::PasswordMissing { line });
    for (variable, value, origin) in [
        ("PGPASSWORD", "QZ7", "PGPASSWORD".to_owned()),
        ("PGPASSFILE", &wrong, format!("line 2 of {wrong}")),
    ] {
        let user = "postgres".to_owned();
        let expected = Reason::PasswordWrong { user, origin };
        assert_eq!(reason(&[(variable, value)]), expected);
        assert!(!expected.is_transient());
    }
}

#[test]
fn what_is_absent_is_told_with_what_makes_it() {
    let Some(server) = server(
        None,
        &["max_connections = 4", "superuser_reserved_connections = 0"],
    ) else {
        return;
    };
    let url = server.url();
    let error = refused(&format!("{url}%20%1b'"), &[]);
    let text = error.to_string();
    assert!(matches!(error.reason, Reason::NoDatabase { .. }), "{text}");
    assert!(text.contains("`createdb -h 127.0.0.1 -p "), "{text}");
    let name = r"-O postgres 'postgres \u{1b}'\'''`";
    assert!(text.contains(name), "{text}");
    assert!(!text.contains(char::is_control), "{text:?}");
    let error = refused(&url.replace("postgres@", "nobody@"), &[]);
    assert!(matches!(error.reason, Reason::NoRole { .. }), "{error}");
    assert!(error.to_string().contains("`createuser -h "), "{error}");
    assert!(!error.is_transient());
    let unknown = url.replace("127.0.0.1", "does-not-exist.invalid");
    let error = refused(&unknown, &[]);
    assert!(
        matches!(error.reason, Reason::HostNotFound { .. }),
        "{error}"
    );
    let error = refused(&format!("{url}?options=-c%20nothing%3D1"), &[]);
    assert!(
        matches!(&error.reason, Reason::Server { code, .. } if code == "42704"),
        "{error}"
    );

    server.set_access("host all all all reject\n");
    let mut reason = None;
    wait_until(
        "the new rules",
        || false,
        || {
            reason = connected(&url, &[]).err().map(|error| error.reason);
            reason.is_some()
        },
    );
    assert!(
        matches!(
            &reason,
            Some(Reason::AccessRefused {
                is_encrypted: false,
                ..
            })
        ),
        "{reason:?}"
    );
}

#[test]
fn all_connections_that_there_are_can_be_taken() {
    let Some(server) = server(
        None,
        &["max_connections = 3", "superuser_reserved_connections = 0"],
    ) else {
        return;
    };
    let url = server.url();
    let open: Vec<Client> = (0..3).map(|_| connected(&url, &[]).unwrap()).collect();
    let error = refused(&url, &[]);
    assert!(
        matches!(error.reason, Reason::TooManyConnections { .. }),
        "{error}"
    );
    assert!(error.is_transient());
    drop(open);
}

#[test]
fn a_server_that_goes_away_is_transient() {
    let Some(server) = server(None, &[]) else {
        return;
    };
    let url = server.url();
    for immediately in [false, true] {
        let mut client = connected(&url, &[]).unwrap();
        answers(&mut client);
        server.restart(immediately);
        let error = client.simple_query("SELECT 1").unwrap_err();
        assert!(is_transient(&error) && !is_retryable(&error), "{error:?}");
        let error = client.simple_query("SELECT 1").unwrap_err();
        assert!(is_transient(&error), "{error:?}");
        answers(&mut connected(&url, &[]).unwrap());
    }
    server.stop();
    let folder = server.socket_folder().display();
    let socket = format!("postgresql://a@/b?host={folder}&port={}", server.port());
    for url in [&url, &socket] {
        let error = refused(url, &[]);
        assert!(matches!(error.reason, Reason::Refused { .. }), "{error}");
        assert!(error.to_string().contains("`pg_isready -h "), "{error}");
        assert!(error.is_transient());
    }
    server.start();
    answers(&mut connected(&url, &[]).unwrap());
}

#[test]
fn the_next_host_is_taken_where_one_does_not_answer_and_not_where_it_refuses() {
    let Some(server) = server(None, &[]) else {
        return;
    };
    let port = server.port();
    // Nobody listens on a port that was just free.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let closed = free.local_addr().unwrap().port();
    drop(free);
    let first = format!("postgresql://postgres@127.0.0.1:{closed},127.0.0.1:{port}/postgres");
    answers(&mut connected(&first, &[]).unwrap());
    let refusing = format!("postgresql://nobody@127.0.0.1:{port},127.0.0.1:{closed}/postgres");
    let error = refused(&refusing, &[]);
    assert!(matches!(error.reason, Reason::NoRole { .. }), "{error}");
    let session = |wanted: &str| format!("{}?target_session_attrs={wanted}", server.url());
    answers(&mut connected(&session("read-write"), &[]).unwrap());
    let error = refused(&session("read-only"), &[]);
    assert!(
        matches!(error.reason, Reason::OtherSession { .. }),
        "{error}"
    );
}

#[test]
fn the_session_has_what_the_settings_say() {
    let Some(server) = server(None, &[]) else {
        return;
    };
    let url = format!("{}?options=-c%20statement_timeout%3D777", server.url());
    let mut client = connected(&url, &[]).unwrap();
    let mut show = |name: &str| -> String {
        client
            .query_one(&format!("SHOW {name}"), &[])
            .unwrap()
            .get(0)
    };
    assert_eq!(show("application_name"), "xp");
    assert_eq!(show("statement_timeout"), "777ms");
}

#[test]
fn transactions_that_exclude_each_other_are_retryable() {
    let Some(server) = server(None, &[]) else {
        return;
    };
    server.sql("CREATE TABLE t (n int); INSERT INTO t VALUES (0)");
    let [mut one, mut other] = [(), ()].map(|()| connected(&server.url(), &[]).unwrap());
    for client in [&mut one, &mut other] {
        let begin = "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT * FROM t";
        client.batch_execute(begin).unwrap();
    }
    one.batch_execute("UPDATE t SET n = 1; COMMIT").unwrap();
    let error = other.batch_execute("UPDATE t SET n = 2").unwrap_err();
    assert!(is_retryable(&error) && !is_transient(&error), "{error:?}");
}

#[test]
fn a_server_that_accepts_and_says_nothing_is_left_in_time() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = silent.local_addr().unwrap().port();
    let environment = Environment {
        variable: &|_| None,
        exists: &|_| false,
        account: Some("me".to_owned()),
        home: Some(PathBuf::from("/nowhere")),
    };
    let url = format!("postgresql://127.0.0.1:{port}/d");
    let settings = Settings::from_url(&url, &environment).unwrap();
    // A clock that stands still but for waiting: the limit passes at once where there is no message.
    let error = connect(&settings, &Clock::manual()).err().unwrap();
    assert_eq!(error.reason, Reason::Timeout { seconds: 10 });
    assert!(error.is_transient());
}
