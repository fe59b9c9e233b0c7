//! Width of the Bollinger bands of 2 standard deviations, relative to their middle.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{mean, std, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "bb_width",
    warmup: 0,
    definition: "4*STD/SMA",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    zip(&std(&b.c, w), &mean(&b.c, w), |s, m| 4.0 * s / m)
}
