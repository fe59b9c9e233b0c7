//! Whether a model beats a baseline (F40).

/// The verdict of a model that is better.
pub(super) const BEATS: &str = "beats";

/// By the interval of the difference, model less baseline, and never by its sign alone.
pub(super) fn verdict(interval: Option<(f64, f64)>) -> &'static str {
    match interval {
        Some((_, high)) if high < 0.0 => BEATS,
        Some((low, _)) if low > 0.0 => "is worse than",
        Some(_) => "does not beat",
        None => "cannot be compared with",
    }
}
