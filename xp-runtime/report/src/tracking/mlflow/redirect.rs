//! Where a server says that it has moved to.

use ureq::Response;
use url::Url;

use super::request_error::{RequestError, unexpected};

/// The address of the server that a redirected request for `path` of the API leads to. Refused are a page that is not the API, as that of a login,
/// and, for a request with credentials, any other server than the same host with encryption.
pub(super) fn redirected(
    address: &Url,
    path: &str,
    response: &Response,
    has_credentials: bool,
) -> Result<Url, RequestError> {
    let status = response.status();
    let target = response
        .header("Location")
        .and_then(|location| Url::parse(response.get_url()).ok()?.join(location).ok())
        .ok_or_else(|| unexpected(format!("{path} answered {status} without an address")))?;
    // Neither its credentials nor its query is shown.
    let shown = format!("{}{}", target.origin().ascii_serialization(), target.path());
    let api = format!("/api/2.0/mlflow/{path}");
    let Some(base) = target.path().strip_suffix(api.as_str()) else {
        return Err(unexpected(format!(
            "{path} is redirected to {shown}, which is not MLflow's API; is it a page to log in? Set MLFLOW_TRACKING_URI to the API's own address"
        )));
    };
    let mut moved = target.clone();
    moved.set_path(base);
    moved.set_query(None);
    moved.set_fragment(None);
    let _ = moved.set_password(None);
    let _ = moved.set_username("");
    let is_encrypted_now =
        address.scheme() == "http" && target.scheme() == "https" && target.host() == address.host();
    if has_credentials && target.origin() != address.origin() && !is_encrypted_now {
        return Err(unexpected(format!(
            "{path} is redirected to {shown}, which gets no credentials that were meant for {}; set MLFLOW_TRACKING_URI to it",
            address.origin().ascii_serialization()
        )));
    }
    if !matches!(moved.scheme(), "http" | "https") {
        return Err(unexpected(format!("{path} is redirected to {shown}")));
    }
    Ok(moved)
}
