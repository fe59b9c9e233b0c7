//! Answers of servers and proxies that stand between a run and MLflow: access refused, too many requests, moved. The server is the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod synthetic;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use synthetic::{predictions, training};
use xp_clock::Clock;
use xp_report::{
    LOG, RUNS,
    log::{self, LogRow},
    record::{self, RunRecord},
    tracking::send,
};
use xp_test_support::files;

/// A request as far as the tests ask: method and path without its query, and the credentials.
#[derive(Debug, Clone, PartialEq)]
struct Request {
    line: String,
    authorization: Option<String>,
}

/// Status, further headers, body.
type Answer = (u16, String, &'static str);

/// What MLflow answers.
fn mlflow(request: &Request) -> Answer {
    let body = if request.line.contains("get-by-name") {
        r#"{"experiment": {"experiment_id": "7"}}"#
    } else if request.line.contains("runs/create") {
        r#"{"run": {"info": {"run_id": "abc"}}}"#
    } else {
        "{}"
    };
    (200, String::new(), body)
}

/// A server at an address of its own, and the requests that reach it; `reply` gets each with its number.
fn serve(
    reply: impl Fn(usize, &Request) -> Answer + Send + 'static,
) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, requests) = channel();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let request = read(&stream);
            let (status, headers, body) = reply(number, &request);
            let _ = asked.send(request);
            let _ = write!(
                stream,
                "HTTP/1.1 {status} -\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    (address.to_string(), requests)
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let (mut line, mut header, mut length, mut authorization) =
        (String::new(), String::new(), 0, None);
    reader.read_line(&mut line).unwrap();
    loop {
        header.clear();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let path = words[1].split('?').next().unwrap();
    Request {
        line: format!("{} {path}", words[0]),
        authorization,
    }
}

fn run(folder: &Path) -> (LogRow, RunRecord) {
    training(folder, 0, 1, predictions(0.6, 1), |_| {});
    let row = log::read(&folder.join(LOG)).unwrap().remove(0);
    let record = record::read(&folder.join(RUNS), &row.run_id, &row.experiment).unwrap();
    (row, record)
}

/// Sends a run; the message of the failure, and how long it took by the clock that is passed in.
fn sent(uri: &str) -> (Result<(), String>, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let (row, record) = run(folder.path());
    let clock = Clock::manual();
    let started = clock.now();
    let result = send(uri, |_| None, &row, &record, &clock).map_err(|error| error.to_string());
    for path in files(folder.path()) {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(!text.contains("s3cret"), "{}", path.display());
    }
    if let Err(message) = &result {
        assert!(!message.contains("s3cret"), "{message}");
    }
    (result, clock.since(started))
}

/// `ann:s3cret`.
const ANN: &str = "Basic YW5uOnMzY3JldA==";

#[test]
fn a_server_gets_the_user_and_password_of_its_address_with_each_request() {
    let (address, requests) = serve(|_, request| mlflow(request));
    let (result, _) = sent(&format!("http://ann:s3cret@{address}/"));
    assert_eq!(result, Ok(()));
    let lines: Vec<String> = requests
        .try_iter()
        .map(|request| {
            assert_eq!(request.authorization.as_deref(), Some(ANN));
            request.line
        })
        .collect();
    let api = |method: &str, path: &str| format!("{method} /api/2.0/mlflow/{path}");
    assert_eq!(
        lines,
        [
            api("GET", "experiments/get-by-name"),
            api("POST", "runs/create"),
            api("POST", "runs/log-batch"),
            api("POST", "runs/log-batch"),
            api("POST", "runs/update"),
        ]
    );
}

#[test]
fn access_refused_names_the_variables_and_asks_no_more() {
    for status in [401, 403] {
        let (address, requests) = serve(move |_, _| (status, String::new(), "no"));
        let (result, _) = sent(&format!("http://{address}"));
        let message = result.unwrap_err();
        for part in [
            status.to_string().as_str(),
            "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
            "its log are complete",
        ] {
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(requests.try_iter().count(), 1);
        let (result, _) = sent(&format!("http://ann:s3cret@{address}"));
        let message = result.unwrap_err();
        assert!(
            message.contains("check MLFLOW_TRACKING_USERNAME"),
            "{message}"
        );
    }
}

#[test]
fn a_busy_server_is_asked_again_for_as_long_as_a_run_may_take() {
    let busy = |header: &str| (429, header.to_owned(), "slow down");
    let (address, requests) = serve(move |number, request| match number {
        0 => busy("Retry-After: 4\r\n"),
        1 => (503, String::new(), ""),
        _ => mlflow(request),
    });
    let (result, waited) = sent(&format!("http://{address}"));
    assert_eq!((result, waited), (Ok(()), Duration::from_secs(6)));
    assert_eq!(requests.try_iter().count(), 7);

    for (header, waits) in [
        ("", 7),
        ("Retry-After: 0\r\n", 7),
        ("Retry-After: 60\r\n", 0),
    ] {
        let (address, _requests) = serve(move |_, _| busy(header));
        let (result, waited) = sent(&format!("http://{address}"));
        let message = result.unwrap_err();
        assert!(message.contains("answered 429: slow down"), "{message}");
        assert_eq!(waited, Duration::from_secs(waits));
    }
}

#[test]
fn a_server_that_has_moved_is_found_and_strangers_get_no_credentials() {
    let (new, found) = serve(|_, request| mlflow(request));
    let to = |location: String| format!("Location: {location}\r\n");
    let moved = new.clone();
    let (old, _old) = serve(move |_, request| {
        let path = request.line.split(' ').nth(1).unwrap();
        (308, to(format!("http://{moved}/sub{path}")), "")
    });
    let (result, _) = sent(&format!("http://{old}"));
    assert_eq!(result, Ok(()));
    let lines: Vec<String> = found.try_iter().map(|request| request.line).collect();
    assert_eq!(lines[1], "POST /sub/api/2.0/mlflow/runs/create");

    let (result, _) = sent(&format!("http://ann:s3cret@{old}"));
    let message = result.unwrap_err();
    assert!(
        message.contains(&format!("http://{new}/sub/api"))
            && message.contains("gets no credentials"),
        "{message}"
    );
    assert_eq!(found.try_iter().count(), 0);

    let cases = [
        (
            to("/login?next=s3cret".to_owned()),
            "is it a page to log in?",
        ),
        (String::new(), "answered 302 without an address"),
    ];
    for (header, expected) in cases {
        let (address, _requests) = serve(move |_, _| (302, header.clone(), ""));
        let message = sent(&format!("http://{address}")).0.unwrap_err();
        assert!(message.contains(expected), "{message}");
    }
    let (circle, _requests) = serve(|_, request| {
        let path = request.line.split(' ').nth(1).unwrap();
        (307, format!("Location: {path}\r\n"), "")
    });
    let message = sent(&format!("http://{circle}")).0.unwrap_err();
    assert!(message.contains("redirected without end"), "{message}");
}
