//! Why a run was not sent to MLflow.

/// A request that failed.
pub(crate) struct RequestError {
    /// The error message of the server or of the connection.
    pub(crate) message: String,
    /// HTTP status of the response; absent without a response.
    pub(super) status: Option<u16>,
}

impl RequestError {
    /// Whether there was no response: another request would wait again.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.status.is_none()
    }
}

/// A response that is not MLflow's.
pub(super) fn unexpected(message: impl Into<String>) -> RequestError {
    RequestError {
        message: message.into(),
        status: Some(200),
    }
}
