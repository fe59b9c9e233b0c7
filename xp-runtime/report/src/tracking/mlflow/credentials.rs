//! Who a request to MLflow comes from. The variables are those of MLflow's own client, as is their order. Nothing here can be printed.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use url::Url;

use super::request_error::{RequestError, unexpected};

/// A user and password for basic authentication.
const USER: &str = "MLFLOW_TRACKING_USERNAME";
const PASSWORD: &str = "MLFLOW_TRACKING_PASSWORD";
/// A bearer token.
const TOKEN: &str = "MLFLOW_TRACKING_TOKEN";

/// The value of the header `Authorization`; absent where the server is asked without.
pub(super) struct Credentials(Option<String>);

impl Credentials {
    /// Takes them from environment variables, or else out of an address, which has none afterwards. White space around a variable, as the line end of
    /// a file that it was read from, is not part of it.
    ///
    /// # Errors
    /// A token that no header can hold; the message does not have it.
    pub(super) fn take(
        address: &mut Url,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, RequestError> {
        let of = |name| {
            let value = variable(name)?.trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        let own = user_of(address);
        // Neither fails for an address of http.
        let _ = address.set_password(None);
        let _ = address.set_username("");
        let basic = |(user, password): (String, String)| {
            let text = BASE64_STANDARD.encode(format!("{user}:{password}"));
            format!("Basic {text}")
        };
        let named = of(USER).zip(of(PASSWORD)).map(basic);
        let token = of(TOKEN);
        if token
            .iter()
            .any(|token| !token.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(unexpected(format!(
                "{TOKEN} has characters that a header cannot have"
            )));
        }
        let bearer = || token.map(|token| format!("Bearer {token}"));
        Ok(Self(named.or_else(bearer).or_else(|| own.map(basic))))
    }

    /// The value of the header.
    pub(super) fn header(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// What to do where a server refuses them.
    pub(super) fn remedy(&self) -> String {
        if self.0.is_some() {
            format!("check {USER} and {PASSWORD}, or {TOKEN}")
        } else {
            format!("set {USER} and {PASSWORD}, or {TOKEN}")
        }
    }
}

/// User and password of an address, percent-decoded as form fields are.
fn user_of(address: &Url) -> Option<(String, String)> {
    let decoded = |text: &str| {
        // Signs that mean something in a form stand for themselves here.
        let text = text.replace('+', "%2B").replace('&', "%26");
        let mut parts = url::form_urlencoded::parse(text.as_bytes());
        parts.next().map(|(text, _)| text.into_owned())
    };
    let user = decoded(address.username())?;
    let password = address.password().and_then(decoded).unwrap_or_default();
    (!user.is_empty()).then_some((user, password))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may state what it believes")]
mod tests {
    use super::*;

    /// An address, the environment's variables, and the header that they make.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<String>);

    #[test]
    fn variables_come_before_the_address() {
        let basic = |text: &str| format!("Basic {}", BASE64_STANDARD.encode(text));
        let user = [(USER, "ann"), (PASSWORD, "s:3c ret")];
        let token = [(TOKEN, "t0ken")];
        let line = [(TOKEN, "t0ken\r\n")];
        let half = [(USER, "ann"), (PASSWORD, "")];
        let both = [user[0], user[1], token[0]];
        let plain = "http://host:5000/tracking";
        let own = "http://bob:p%40s+&%26=s@host:5000/tracking";
        let cases: [Case<'_>; 8] = [
            (plain, &[], None),
            (plain, &user, Some(basic("ann:s:3c ret"))),
            (plain, &token, Some("Bearer t0ken".to_owned())),
            (plain, &line, Some("Bearer t0ken".to_owned())),
            (plain, &both, Some(basic("ann:s:3c ret"))),
            (plain, &half, None),
            (own, &[], Some(basic("bob:p@s+&&=s"))),
            (own, &user, Some(basic("ann:s:3c ret"))),
        ];
        for (address, variables, expected) in cases {
            let mut address = Url::parse(address).unwrap();
            let credentials = Credentials::take(&mut address, |name| {
                let found = variables.iter().find(|(it, _)| *it == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            let credentials = credentials.ok().unwrap();
            assert_eq!(credentials.header(), expected.as_deref(), "{variables:?}");
            assert_eq!(address.as_str(), plain);
        }
    }

    #[test]
    fn a_token_that_no_header_can_hold_is_refused_without_it() {
        let mut address = Url::parse("http://host").unwrap();
        let of = |name: &str| (name == TOKEN).then(|| "s3\ncret".to_owned());
        let Err(error) = Credentials::take(&mut address, of) else {
            unreachable!("it was taken");
        };
        assert!(error.message.contains(TOKEN) && !error.message.contains("cret"));
    }
}
