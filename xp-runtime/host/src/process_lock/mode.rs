//! How a folder is held.

/// How a folder is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// By one process.
    Exclusive,
    /// By any number of processes that share it.
    Shared,
}
