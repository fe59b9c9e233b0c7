//! Whether a training continues, as its caller decides at each hook.

/// Whether to continue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Continue.
    Continue,
    /// Stop now, for this reason.
    Stop(&'static str),
    /// End with the best weights so far, as if patience had run out; after an evaluation only.
    StopEarly,
}
