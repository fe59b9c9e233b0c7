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
    let mean = mean(&b.c, w);
    let above = zip(&b.c, &mean, |c, m| c - m);
    divide(&above, &std(&b.c, w), &mean, 0.0)
}
