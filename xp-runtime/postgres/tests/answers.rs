//! Answers that a real server gives at rare moments only, from a socket that plays one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    thread,
};

use xp_clock::Clock;
use xp_postgres::{ConnectError, Environment, Reason, Settings, connect};

/// Connects to a server that reads the start of a session, gives this answer and closes the connection.
fn answered(answer: Vec<u8>) -> ConnectError {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut rest = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap() - 4];
        stream.read_exact(&mut rest).unwrap();
        stream.write_all(&answer).unwrap();
    });
    let environment = Environment {
        variable: &|_| None,
        exists: &|_| false,
        account: Some("me".to_owned()),
        home: None,
    };
    let url =
        format!("postgresql://me:QZ7hidden@127.0.0.1:{port}/d?sslmode=disable&connect_timeout=0");
    let settings = Settings::from_url(&url, &environment).unwrap();
    let error = connect(&settings, &Clock::system()).err().unwrap();
    server.join().unwrap();
    let text = format!("{error} {error:?}");
    assert!(!text.contains("QZ7"), "{text}");
    assert!(!error.to_string().contains(char::is_control), "{text}");
    error
}

/// An `ErrorResponse` of PostgreSQL's protocol.
fn error_response(code: &str, message: &str) -> Vec<u8> {
    let mut fields = Vec::new();
    for (kind, text) in [
        (b'S', "FATAL"),
        (b'V', "FATAL"),
        (b'C', code),
        (b'M', message),
    ] {
        fields.push(kind);
        fields.extend(text.bytes());
        fields.push(0);
    }
    fields.push(0);
    let length = u32::try_from(fields.len() + 4).unwrap();
    [b"E".as_slice(), &length.to_be_bytes(), &fields].concat()
}

#[test]
fn servers_that_start_stop_or_are_full_are_transient() {
    for (code, message, is_transient) in [
        ("57P03", "the database system is starting up", true),
        (
            "57P01",
            "terminating connection due to administrator command",
            true,
        ),
        ("57P02", "terminating connection because of crash", true),
        ("53300", "sorry, too many clients already", true),
        (
            "08P01",
            "no more connections allowed (max_client_conn)",
            true,
        ),
        ("08006", "server conn crashed?", true),
        ("28000", "no pg_hba.conf entry", false),
        ("42501", "permission denied", false),
    ] {
        let error = answered(error_response(code, message));
        assert_eq!(error.is_transient(), is_transient, "{code}: {error}");
        let expected = match code {
            "53300" => matches!(error.reason, Reason::TooManyConnections { .. }),
            "28000" => matches!(error.reason, Reason::AccessRefused { .. }),
            _ if code.starts_with("57") => matches!(error.reason, Reason::NotReady { .. }),
            _ => matches!(&error.reason, Reason::Server { code: found, .. } if found == code),
        };
        assert!(expected, "{code}: {error:?}");
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn texts_of_a_server_are_one_printable_line_and_not_endless() {
    let message = format!("\u{1b}[2J\nline\t\u{202e}{}", "x".repeat(5000));
    let error = answered(error_response("57P03", &message)).to_string();
    assert!(error.contains(r"\u{1b}[2J line \u{202e}xx"), "{error}");
    assert!(error.len() < 800, "{} bytes", error.len());
}

#[test]
fn a_connection_that_breaks_is_transient_and_another_protocol_is_not() {
    let error = answered(Vec::new());
    assert!(matches!(error.reason, Reason::Lost { .. }), "{error:?}");
    assert!(error.is_transient());
    let error = answered(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    assert!(!error.is_transient(), "{error:?}");
    assert!(
        error
            .to_string()
            .contains("whether this is a PostgreSQL server"),
        "{error}"
    );
}
