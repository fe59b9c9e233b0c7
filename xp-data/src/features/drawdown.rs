//! Part of families of drawdowns inside a window.

use super::{series::BarSeries, window::fold};

/// Folds the drawdowns from the running maximum inside a window; the state begins with that maximum.
pub(super) fn drawdowns(
    b: &BarSeries,
    w: usize,
    start: f64,
    step: impl Fn(f64, f64) -> f64,
) -> Vec<f64> {
    let of_price = |(peak, state): (f64, f64), price: f64, _: f64, _: usize| {
        let peak = peak.max(price);
        (peak, step(state, price / peak - 1.0))
    };
    let start = (f64::NEG_INFINITY, start);
    fold(&b.c, &b.c, w, start, of_price, |(_, state)| state)
}
