//! Whether a model beats a baseline (F40).

use xp_scaling::Series;

/// By the interval of the difference, never by its sign alone.
pub(super) fn verdict(difference: &Series) -> &'static str {
    match difference.interval() {
        Some((_, high)) if high < 0.0 => "beats",
        Some((low, _)) if low > 0.0 => "is worse than",
        Some(_) => "does not beat",
        None => "cannot be compared with",
    }
}
