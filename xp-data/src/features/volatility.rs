//! Parts of families of volatility by open, high, low and close.

use super::{returns::YEAR, series::BarSeries};

/// Annual volatility of a daily variance; negative estimates count as 0.
pub(super) fn annual(variance: f64) -> f64 {
    if variance.is_nan() {
        variance
    } else {
        (variance.max(0.0) * YEAR).sqrt()
    }
}

/// Variance of each bar (Rogers and Satchell, 1991).
pub(super) fn rogers_satchell_daily(b: &BarSeries) -> Vec<f64> {
    (0..b.c.len())
        .map(|t| {
            libm::log(b.h[t] / b.c[t]) * libm::log(b.h[t] / b.o[t])
                + libm::log(b.l[t] / b.c[t]) * libm::log(b.l[t] / b.o[t])
        })
        .collect()
}
