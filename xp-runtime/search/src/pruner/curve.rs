//! Values on a learning curve, (epoch, value) with epochs ascending. It decides nothing.

pub(super) fn value_at(curve: &[(u32, f64)], epoch: u32) -> Option<f64> {
    curve
        .iter()
        .find(|(at, _)| *at == epoch)
        .map(|(_, value)| *value)
}

/// Epoch and value of the lowest value up to `epoch`.
pub(super) fn best_until(curve: &[(u32, f64)], epoch: u32) -> (u32, f64) {
    curve
        .iter()
        .filter(|(at, value)| *at <= epoch && value.is_finite())
        .copied()
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((epoch, f64::INFINITY))
}
