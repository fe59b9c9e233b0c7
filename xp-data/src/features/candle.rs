//! Parts of families of a bar's shape: shares of its range and directional movement.

use super::{
    series::BarSeries,
    window::{divide, mean, sum},
};

/// Mean share of a part of the candle in its range.
pub(super) fn share(b: &BarSeries, w: usize, part: impl Fn(usize) -> f64) -> Vec<f64> {
    let parts: Vec<f64> = (0..b.c.len()).map(part).collect();
    mean(&divide(&parts, &b.range, &b.h, 0.0), w)
}

/// Sums of the directional movements up and down.
pub(super) fn movements(b: &BarSeries, w: usize) -> (Vec<f64>, Vec<f64>) {
    (sum(&b.dm_up, w), sum(&b.dm_down, w))
}
