//! z-score of the close in its window.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, mean, std, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "close_z",
    warmup: 0,
    definition: "(C-SMA_w)/STD_w",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    divide(&zip(&b.c, &mean(&b.c, w), |c, m| c - m), &std(&b.c, w), 0.0)
}
