//! Sizes of a study.

/// Sizes evenly spread in logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ladder {
    /// The smallest.
    pub from: f64,
    /// The largest.
    pub to: f64,
    /// How many; at least two.
    pub sizes: usize,
}

impl Ladder {
    /// The sizes, ascending.
    pub fn sizes(&self) -> Vec<f64> {
        let steps = self.sizes.saturating_sub(1).max(1) as f64;
        (0..self.sizes)
            .map(|k| self.from * (self.to / self.from).powf(k as f64 / steps))
            .collect()
    }
}
