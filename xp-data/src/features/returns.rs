//! Parts of families of returns: their moments and losses.

use super::{
    scalar::ROUNDING,
    series::BarSeries,
    window::{map, mean, sum_of, zip},
};

/// Trading days a year.
pub(super) const YEAR: f64 = 252.0;

/// Standardised central moment of the returns, with n. Powers are products: `powi` may round as it likes.
pub(super) fn moment(b: &BarSeries, w: usize, power: fn(f64) -> f64, normal: f64) -> Vec<f64> {
    let mean = mean(&b.r, w);
    let central = |sums: &[f64]| map(sums, |sum| sum / w as f64);
    let second = central(&sum_of(&b.r, &mean, w, |r, mean| (r - mean) * (r - mean)));
    let higher = central(&sum_of(&b.r, &mean, w, |r, mean| power(r - mean)));
    zip(&second, &higher, |second, higher| match second.sqrt() {
        s if s.is_nan() => f64::NAN,
        s if s > ROUNDING => higher / power(s) - normal,
        _ => 0.0 - normal,
    })
}

/// Mean square of the negative returns; positive ones count as 0.
pub(super) fn mean_square_loss(b: &BarSeries, w: usize) -> Vec<f64> {
    mean(
        &map(&b.r, |r| {
            if r.is_nan() {
                r
            } else {
                r.min(0.0) * r.min(0.0)
            }
        }),
        w,
    )
}
