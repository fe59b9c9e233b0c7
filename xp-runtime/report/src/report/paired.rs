//! Whether a model beats a baseline (F40).

/// By the interval of the difference, model less baseline, and never by its sign alone.
pub(super) fn verdict(interval: Option<(f64, f64)>) -> &'static str {
    match interval {
        Some((_, high)) if high < 0.0 => "beats",
        Some((low, _)) if low > 0.0 => "is worse than",
        Some(_) => "does not beat",
        None => "cannot be compared with",
    }
}
