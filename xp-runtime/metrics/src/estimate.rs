//! A value with its interval and its counts.

/// A number that may be published.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// Samples behind it.
    pub n: usize,
    /// Positive samples behind it.
    pub positives: usize,
}

impl std::fmt::Display for Estimate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.4} [{:.4}, {:.4}] (n {}, {} positive)",
            self.value, self.low, self.high, self.n, self.positives
        )
    }
}
