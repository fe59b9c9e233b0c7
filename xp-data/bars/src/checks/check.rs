//! What a check of daily bars is, and what several of them need. Each check has a file of its own.

use std::ops::Range;

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

/// Ratios of units in which prices are quoted: pounds and pence, thousands.
pub(super) const UNITS: [f64; 2] = [100.0, 1000.0];

/// The median of some values, the upper one of an even number; not a number where there is none.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A bar and so many on either side of it, as far as there are.
pub(super) fn around(bars: &Bars, t: usize, count: usize) -> Range<usize> {
    t.saturating_sub(count)..(t + count + 1).min(bars.len())
}
