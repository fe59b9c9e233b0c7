//! Why MLflow did not take a run.

/// Why a server did not take something.
pub(crate) struct Refusal {
    /// What it or the connection said.
    pub(crate) said: String,
    /// The status of its answer; absent where it gave none.
    pub(super) status: Option<u16>,
}

impl Refusal {
    /// Whether nobody answered: asking again would wait again.
    pub(crate) fn is_silence(&self) -> bool {
        self.status.is_none()
    }
}

/// An answer that is none of MLflow's.
pub(super) fn odd(said: impl Into<String>) -> Refusal {
    Refusal {
        said: said.into(),
        status: Some(200),
    }
}
