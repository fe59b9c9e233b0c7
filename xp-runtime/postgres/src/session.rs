//! What a session must allow: `target_session_attrs`.

/// Which of several servers will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// Any.
    Any,
    /// One that takes writes.
    ReadWrite,
    /// One that takes none.
    ReadOnly,
}

impl Session {
    /// Each with its name.
    pub(crate) const NAMES: [(&'static str, Self); 3] = [
        ("any", Self::Any),
        ("read-write", Self::ReadWrite),
        ("read-only", Self::ReadOnly),
    ];
}
