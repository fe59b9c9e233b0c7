//! Requests to an MLflow server, with timeouts: it must not block a queue of experiments.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use xp_clock::Clock;

use super::request_error::{RequestError, unexpected};

/// Timeout of a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Timeout of one request, and of all of them together.
const REQUEST: Duration = Duration::from_secs(5);
const ALL: Duration = Duration::from_secs(15);

/// A server, with a limit on the time of all requests of a run.
pub(super) struct Server<'a> {
    agent: ureq::Agent,
    uri: &'a str,
    token: Option<String>,
    clock: &'a Clock,
    started: Instant,
}

impl<'a> Server<'a> {
    /// The server at an address; the time for all requests begins now.
    pub(super) fn new(uri: &'a str, clock: &'a Clock) -> Self {
        Self {
            agent: ureq::AgentBuilder::new().timeout_connect(CONNECT).build(),
            uri: uri.trim_end_matches('/'),
            token: std::env::var("MLFLOW_TRACKING_TOKEN").ok(),
            clock,
            started: clock.now(),
        }
    }

    /// Timeout of the next request.
    fn timeout(&self) -> Duration {
        // A millisecond, past the deadline: then the request itself reports the timeout.
        let left = ALL.saturating_sub(self.clock.since(self.started));
        left.clamp(Duration::from_millis(1), REQUEST)
    }

    fn request(&self, method: &str, path: &str) -> ureq::Request {
        let request = self
            .agent
            .request(method, &format!("{}/api/2.0/mlflow/{path}", self.uri))
            .timeout(self.timeout());
        match &self.token {
            Some(token) => request.set("Authorization", &format!("Bearer {token}")),
            None => request,
        }
    }

    /// Posts JSON; returns the server's answer.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, RequestError> {
        answer(
            path,
            self.request("POST", path)
                .set("Content-Type", "application/json")
                .send_string(&body.to_string()),
        )
    }

    /// The id of the experiment of that name, created where it is not there.
    pub(super) fn experiment(&self, name: &str) -> Result<String, RequestError> {
        let find = || {
            let path = "experiments/get-by-name";
            let request = self.request("GET", path).query("experiment_name", name);
            let found = answer(path, request.call())?;
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

/// A server's answer, or what went wrong, bounded.
fn answer(
    path: &str,
    response: Result<ureq::Response, ureq::Error>,
) -> Result<Value, RequestError> {
    match response {
        Ok(response) => {
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
        Err(ureq::Error::Status(code, response)) => {
            let text = response.into_string().unwrap_or_default();
            let text: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
            Err(RequestError {
                message: format!("{path} answered {code}: {text}"),
                status: Some(code),
            })
        }
        Err(ureq::Error::Transport(transport)) => Err(RequestError {
            message: format!(
                "{path}: {}{}",
                transport.kind(),
                transport
                    .message()
                    .map_or_else(String::new, |text| format!(": {text}"))
            ),
            status: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_requests_together_have_a_limit() {
        let clock = Clock::manual();
        let server = Server::new("http://127.0.0.1/", &clock);
        assert_eq!(server.timeout(), REQUEST);
        clock.advance(ALL - Duration::from_secs(2));
        assert_eq!(server.timeout(), Duration::from_secs(2));
        clock.advance(Duration::from_secs(60));
        assert_eq!(server.timeout(), Duration::from_millis(1));
    }
}
