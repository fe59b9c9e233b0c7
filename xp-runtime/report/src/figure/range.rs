//! The range of a search's values on an axis.

/// Lowest value, and the end of an axis above nine tenths of them: trials far off would press all others into a line.
pub(super) fn range(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let floor = sorted.first().copied().unwrap_or(0.0);
    let most = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or(1.0);
    (floor, floor + ((most - floor) * 1.6).max(0.01))
}
