//! What a metric's formula returns.

/// The result of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Value {
    pub(crate) value: f64,
    /// 95 % interval; absent where more than 5 % of the replicates have no value.
    pub(crate) interval: Option<(f64, f64)>,
    /// What is counted, and how many of them are positive.
    pub(crate) n: usize,
    pub(crate) positives: usize,
}
