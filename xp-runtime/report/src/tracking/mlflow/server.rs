//! Requests to an MLflow server, with timeouts: it must not block a queue of experiments.

use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use ureq::{Error, ErrorKind, Response};
use url::Url;
use xp_clock::Clock;

use super::{
    credentials::Credentials,
    redirect::redirected,
    request_error::{RequestError, unexpected},
};

/// Timeout of a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Timeout of one request, and of all of them together.
const REQUEST: Duration = Duration::from_secs(5);
const ALL: Duration = Duration::from_secs(15);
/// What is waited before a request is sent again, where the server does not say; it doubles.
const PAUSE: Duration = Duration::from_secs(1);
/// After this one it is not sent again, also where a simulated clock stands still.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// Status of a request that a server which has answered before does not answer in time: that of HTTP for it.
const TIMED_OUT: u16 = 408;
/// Redirects that are followed.
const REDIRECTS: u32 = 3;

/// What a request asks or tells.
enum What<'a> {
    /// For an experiment of this name.
    Named(&'a str),
    /// This JSON.
    Json(&'a str),
}

/// A server, with a limit on the time of all requests of a run.
pub(super) struct Server<'a> {
    agent: ureq::Agent,
    /// Where its API is, without credentials; a redirect changes it.
    address: RefCell<Url>,
    credentials: Credentials,
    clock: &'a Clock,
    started: Instant,
    /// Whether it has answered: then it is slow, and not silent.
    has_answered: Cell<bool>,
}

impl<'a> Server<'a> {
    /// The server at an address; the time for all requests begins now.
    pub(super) fn new(
        uri: &str,
        variable: impl Fn(&str) -> Option<String>,
        clock: &'a Clock,
    ) -> Result<Self, RequestError> {
        let parsed = Url::parse(uri).ok();
        let mut address = parsed
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                unexpected("MLFLOW_TRACKING_URI is not an http:// or https:// address; only servers are supported")
            })?;
        let credentials = Credentials::take(&mut address, variable)?;
        address.set_query(None);
        address.set_fragment(None);
        Ok(Self {
            // A redirect of a POST would become a GET, and lose its credentials.
            agent: ureq::AgentBuilder::new()
                .timeout_connect(CONNECT)
                .redirects(0)
                .build(),
            address: RefCell::new(address),
            credentials,
            clock,
            started: clock.now(),
            has_answered: Cell::new(false),
        })
    }

    /// What is left of the time for all requests.
    fn left(&self) -> Duration {
        ALL.saturating_sub(self.clock.since(self.started))
    }

    /// Timeout of the next request.
    fn timeout(&self) -> Duration {
        // A millisecond, past the deadline: then the request itself reports the timeout.
        self.left().clamp(Duration::from_millis(1), REQUEST)
    }

    fn request(&self, path: &str, what: &What<'_>) -> Result<Response, Box<Error>> {
        let method = match what {
            What::Named(_) => "GET",
            What::Json(_) => "POST",
        };
        let address = self.address.borrow();
        let base = address.as_str().trim_end_matches('/');
        let request = self
            .agent
            .request(method, &format!("{base}/api/2.0/mlflow/{path}"))
            .timeout(self.timeout());
        let request = match self.credentials.header() {
            Some(header) => request.set("Authorization", header),
            None => request,
        };
        let answered = match what {
            What::Named(name) => request.query("experiment_name", name).call(),
            What::Json(text) => request
                .set("Content-Type", "application/json")
                .send_string(text),
        };
        answered.map_err(Box::new)
    }

    /// Sends a request, again where the server is busy or has moved; returns its answer.
    fn send(&self, path: &str, what: &What<'_>) -> Result<Value, RequestError> {
        let (mut redirects, mut pause) = (0, PAUSE);
        loop {
            let answered = self.request(path, what);
            let is_silent = |error: &Error| matches!(error, Error::Transport(_));
            if !answered.as_ref().is_err_and(|error| is_silent(error)) {
                self.has_answered.set(true);
            }
            let failed = match answered {
                Ok(response) if (300..400).contains(&response.status()) => {
                    if redirects == REDIRECTS {
                        return Err(unexpected(format!("{path} is redirected without end")));
                    }
                    redirects += 1;
                    let known = self.credentials.header().is_some();
                    let next = redirected(&self.address.borrow(), path, &response, known)?;
                    self.address.replace(next);
                    continue;
                }
                Ok(response) => return json_of(path, response),
                Err(failed) => *failed,
            };
            match failed {
                Error::Status(429 | 503, response) => {
                    let asked = response
                        .header("Retry-After")
                        .and_then(|it| it.parse().ok());
                    // Never less than asked, nor less than twice what was waited before.
                    let wait = asked.map_or(pause, Duration::from_secs).max(pause);
                    if wait >= self.left() || pause > LONGEST_PAUSE {
                        return Err(refusal(path, response));
                    }
                    self.clock.sleep(wait);
                    pause *= 2;
                }
                Error::Status(code @ (401 | 403), _) => {
                    let remedy = self.credentials.remedy();
                    return Err(RequestError {
                        message: format!("{path} answered {code}, access refused; {remedy}"),
                        status: Some(code),
                    });
                }
                Error::Status(_, response) => return Err(refusal(path, response)),
                Error::Transport(transport) => {
                    // The message of a bad header has the header.
                    let message = transport.message();
                    let message = message.filter(|_| transport.kind() != ErrorKind::BadHeader);
                    return Err(RequestError {
                        message: format!(
                            "{path}: {}{}",
                            transport.kind(),
                            message.map_or_else(String::new, |text| format!(": {text}"))
                        ),
                        status: self.has_answered.get().then_some(TIMED_OUT),
                    });
                }
            }
        }
    }

    /// Posts JSON; returns the server's answer.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, RequestError> {
        self.send(path, &What::Json(&body.to_string()))
    }

    /// The id of the experiment of that name, created where it is not there.
    pub(super) fn experiment(&self, name: &str) -> Result<String, RequestError> {
        let find = || {
            let path = "experiments/get-by-name";
            let found = self.send(path, &What::Named(name))?;
            let id = found
                .pointer("/experiment/experiment_id")
                .and_then(Value::as_str);
            id.map(str::to_owned)
                .ok_or_else(|| unexpected("experiments/get-by-name answered without an id"))
        };
        find().or_else(|error| {
            // Without a response, or without permission, a second request would fail too.
            if error.status != Some(404) {
                return Err(error);
            }
            let created = self.post("experiments/create", &json!({"name": name}));
            match created {
                Ok(created) => created
                    .get("experiment_id")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
                    .ok_or_else(|| unexpected("experiments/create answered without an id")),
                // Another process may have created it since.
                Err(cause) => find().map_err(|_| cause),
            }
        })
    }
}

/// The JSON of an answer.
fn json_of(path: &str, response: Response) -> Result<Value, RequestError> {
    let text = response.into_string().map_err(|cause| RequestError {
        message: format!("{path}: {cause}"),
        status: None,
    })?;
    serde_json::from_str(&text).map_err(|_| {
        unexpected(format!(
            "{path} answered with something other than JSON; is it an MLflow server?"
        ))
    })
}

/// An answer that is an error, its text bounded.
fn refusal(path: &str, response: Response) -> RequestError {
    let code = response.status();
    let text = response.into_string().unwrap_or_default();
    let text: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
    RequestError {
        message: format!("{path} answered {code}: {text}"),
        status: Some(code),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may state what it believes")]
mod tests {
    use super::*;

    #[test]
    fn all_requests_together_have_a_limit() {
        let clock = Clock::manual();
        let server = Server::new("http://127.0.0.1/", |_| None, &clock);
        let server = server.ok().unwrap();
        assert_eq!(server.timeout(), REQUEST);
        clock.advance(ALL - Duration::from_secs(2));
        assert_eq!(server.timeout(), Duration::from_secs(2));
        clock.advance(Duration::from_secs(60));
        assert_eq!(server.timeout(), Duration::from_millis(1));
    }
}
