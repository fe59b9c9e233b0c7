//! What a check of daily bars is, and what several of them need. Each check has a file of its own.

use crate::{bars::Bars, findings::Finding};

/// A check of daily bars.
pub(super) struct Check {
    /// Names of its findings.
    pub(super) names: &'static [&'static str],
    /// Appends what it finds.
    pub(super) find: fn(&Bars, &mut Vec<Finding>),
}

/// Dates of the bars for which a condition holds.
pub(super) fn dates(bars: &Bars, condition: impl Fn(usize) -> bool) -> Vec<String> {
    (0..bars.len())
        .filter(|&t| condition(t))
        .map(|t| bars.date[t].to_string())
        .collect()
}

/// A number of bars as a share of all.
pub(super) fn share(part: usize, bars: &Bars) -> f64 {
    part as f64 / bars.len().max(1) as f64
}
