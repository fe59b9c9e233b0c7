//! Who a request to MLflow comes from. The variables are those of MLflow's own client, as is their order. Nothing here can be printed.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use url::Url;

/// A user and password for basic authentication.
const USER: &str = "MLFLOW_TRACKING_USERNAME";
const PASSWORD: &str = "MLFLOW_TRACKING_PASSWORD";
/// A bearer token.
const TOKEN: &str = "MLFLOW_TRACKING_TOKEN";

/// The value of the header `Authorization`; absent where the server is asked without.
pub(super) struct Credentials(Option<String>);

impl Credentials {
    /// Takes them from environment variables, or else out of an address, which has none afterwards.
    pub(super) fn take(address: &mut Url, variable: impl Fn(&str) -> Option<String>) -> Self {
        let of = |name| variable(name).filter(|value| !value.is_empty());
        let own = user_of(address);
        // Neither fails for an address of http.
        let _ = address.set_password(None);
        let _ = address.set_username("");
        let basic = |(user, password): (String, String)| {
            let text = BASE64_STANDARD.encode(format!("{user}:{password}"));
            format!("Basic {text}")
        };
        let named = of(USER).zip(of(PASSWORD)).map(basic);
        let token = || of(TOKEN).map(|token| format!("Bearer {token}"));
        Self(named.or_else(token).or_else(|| own.map(basic)))
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
        // A plus sign stands for itself here, not for a space.
        let text = text.replace('+', "%2B");
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
        let half = [(USER, "ann"), (PASSWORD, "")];
        let both = [user[0], user[1], token[0]];
        let plain = "http://host:5000/tracking";
        let own = "http://bob:p%40s+%26=s@host:5000/tracking";
        let cases: [Case<'_>; 7] = [
            (plain, &[], None),
            (plain, &user, Some(basic("ann:s:3c ret"))),
            (plain, &token, Some("Bearer t0ken".to_owned())),
            (plain, &both, Some(basic("ann:s:3c ret"))),
            (plain, &half, None),
            (own, &[], Some(basic("bob:p@s+&=s"))),
            (own, &user, Some(basic("ann:s:3c ret"))),
        ];
        for (address, variables, expected) in cases {
            let mut address = Url::parse(address).unwrap();
            let credentials = Credentials::take(&mut address, |name| {
                let found = variables.iter().find(|(it, _)| *it == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(credentials.header(), expected.as_deref(), "{variables:?}");
            assert_eq!(address.as_str(), plain);
        }
    }
}
